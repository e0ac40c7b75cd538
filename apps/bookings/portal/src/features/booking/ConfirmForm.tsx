/**
 * Who comes: the form by which a held time becomes a booking. The time that is left runs beside it.
 */
import { HoldForm, Panel } from "@millstream/kit/ui";
import { sayRange, visitorZone } from "@millstream/kit/time";
import type { BookingAnswer, BookingRow } from "../../rows";
import { refusals } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly onConfirmed: (booking: BookingAnswer) => void;
  readonly onReleased: () => void;
  readonly onEnd: () => void;
}

export function ConfirmForm({ booking, ...told }: Props) {
  const { id, timezone, service_name, provider_name, created_at: since, deadline_at: until } = booking;
  return (
    <Panel title="Who comes?" lead="The confirmation goes to this address, with a link for changes.">
      <HoldForm
        held={{ id, timezone, since, until }}
        title={`${service_name}, ${provider_name}`}
        details={[sayRange(booking.starts_at, booking.ends_at, timezone)]}
        reader="provider"
        action="Book this time"
        asksAddress
        more={{ timezone: visitorZone() }}
        refusals={refusals}
        {...told}
      />
    </Panel>
  );
}
