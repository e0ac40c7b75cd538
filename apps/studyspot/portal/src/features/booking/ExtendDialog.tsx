/**
 * Stays longer: until when the seat is free, and what that costs more.
 */
import { useRpc } from "@millstream/kit/hooks";
import { type Asked, ExtendDialog as KitDialog, laterEnds, quoteTotal } from "@millstream/kit/ui";
import { dayIn } from "@millstream/kit/time";
import type { BookingRow, LibraryRow } from "../../rows";
import { money } from "../money";
import { useQuote } from "../seats/useQuote";
import { refusals } from "./refusals";

interface Props extends Asked {
  readonly booking: BookingRow;
  readonly library: LibraryRow;
}

export function ExtendDialog({ booking, library, ...asked }: Props) {
  const { id, version, timezone, end_time } = booking;
  return (
    <KitDialog
      booking={{ id, version, timezone, end: end_time }}
      {...useLaterEnds(booking, library, asked.opened)}
      none="Somebody comes after you, or the library closes."
      changeOf={(end) => ({ end_time: end })}
      refusals={refusals}
      {...asked}
    >
      {(end) => <Difference booking={booking} until={end} />}
    </KitDialog>
  );
}

function Difference({ booking, until }: { readonly booking: BookingRow; readonly until: string }) {
  const quote = useQuote(booking.seat_id, booking.start_time, until);
  if (booking.payment_status === "pass" || quote === undefined) return null;
  const more = quoteTotal(quote) - booking.total_amount;
  return <p>{more > 0 ? `That costs ${money(more, booking.currency)} more.` : "That costs nothing more."}</p>;
}

function useLaterEnds(booking: BookingRow, library: LibraryRow, enabled: boolean) {
  const day = dayIn(booking.start_time, booking.timezone);
  const options = { enabled, since: booking.version };
  const busy = useRpc<readonly { start_time: string }[]>("seat_day", { of_seat: booking.seat_id, day }, options);
  const hours = useRpc<readonly { closes: string }[]>("opening_of", { of_library: library.id, day }, options);
  const ends =
    busy.data &&
    hours.data &&
    laterEnds({
      start: booking.start_time,
      end: booking.end_time,
      stepMinutes: library.slot_minutes,
      mostMinutes: library.max_minutes,
      taken: busy.data.map(({ start_time }) => start_time),
      closes: hours.data.at(-1)?.closes ?? null,
    });
  const reload = (): void => {
    busy.reload();
    hours.reload();
  };
  return { ends, error: busy.error ?? hours.error, reload };
}
