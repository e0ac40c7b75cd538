/**
 * By this form a held seat becomes a booking. The time that is left runs beside it.
 */
import { HoldForm, PriceLines } from "@millstream/kit/ui";
import { sayRange } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";
import { money } from "../money";
import styles from "./ConfirmForm.module.css";
import { refusals } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly onConfirmed: (booking: BookingRow) => void;
  /** The seat was given back, or the time is over. */
  readonly onGone: () => void;
}

export function ConfirmForm({ booking, onConfirmed, onGone }: Props) {
  const { id, seat_label, zone_name, library_name, start_time, end_time, timezone } = booking;
  return (
    <HoldForm
      held={{ id, timezone, since: booking.created_at, until: booking.hold_expires_at }}
      title={`Seat ${seat_label}, ${zone_name}`}
      details={[library_name, sayRange(start_time, end_time, timezone)]}
      reader="library"
      action="Book this seat"
      refusals={refusals}
      onConfirmed={onConfirmed}
      onReleased={onGone}
      onEnd={onGone}
    >
      <PriceLines quote={booking.quote} total={booking.total_amount} currency={booking.currency} say={money} />
      <p className={styles.terms}>{sayPayment(booking)} Cancelling is free until it begins.</p>
    </HoldForm>
  );
}

function sayPayment({ payment_status, total_amount }: BookingRow): string {
  if (payment_status === "pass") return "Your pass covers it.";
  return total_amount === 0 ? "Nothing is to be paid." : "You pay at the library.";
}
