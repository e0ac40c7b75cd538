/**
 * How one gets in: the code that is shown at the door; and, at the seat, the field for the code that is posted there.
 */
import { CodeForm, EntryPanel as KitPanel, entryTime } from "@millstream/kit/ui";
import type { BookingRow, LibraryRow } from "../../rows";
import { sayRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly library: LibraryRow | null | undefined;
}

export function EntryPanel({ booking, library }: Props) {
  const { id, timezone, seat_label } = booking;
  return (
    <KitPanel
      code={booking.entry_code}
      time={library ? timeToCheckIn(booking, library) : null}
      zone={timezone}
      hint="Show it at the entrance, or check in at your seat."
    >
      <CodeForm
        arrived="I am at my seat"
        label={`Code posted at seat ${seat_label}`}
        description="Or scan it with your camera: it leads here by itself."
        operation="check_in"
        more={{ booking_id: id }}
        action="Check in"
        say={(refused) => sayRefusal(refused, timezone)}
      />
    </KitPanel>
  );
}

function timeToCheckIn(booking: BookingRow, library: LibraryRow) {
  return entryTime(
    { start: booking.start_time, end: booking.end_time, madeAt: booking.created_at },
    { earlyMinutes: library.check_in_early_minutes, graceMinutes: library.grace_minutes },
  );
}
