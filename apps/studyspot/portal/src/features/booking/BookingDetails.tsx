/**
 * What a booking is: where, when, for how much, and in which state.
 */
import { BookingBadge, Facts, Panel, whenFact } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import type { ReactNode } from "react";
import type { BookingRow } from "../../rows";
import { money, price } from "../money";

const PAID: Readonly<Record<string, string>> = {
  at_place: "You pay at the library.",
  paid: "Paid.",
  refunded: "Paid back.",
  pass: "Covered by your pass.",
};

export function BookingDetails({ booking, children }: { readonly booking: BookingRow; readonly children?: ReactNode }) {
  const { timezone, currency, total_amount, refund_amount } = booking;
  const at = (moment: string | null): string => (moment === null ? "" : sayMoment(moment, timezone));
  return (
    <Panel title="Your booking" action={<BookingBadge status={booking.status} />}>
      <Facts
        facts={[
          whenFact(booking.start_time, booking.end_time, timezone),
          { name: "Seat", value: booking.seat_label, soft: booking.zone_name },
          {
            name: "Price",
            value: price(total_amount, currency),
            soft: total_amount > 0 && PAID[booking.payment_status],
          },
          { name: "For", value: booking.student_name },
          { name: "Checked in", value: at(booking.checked_in_at) },
          { name: "Left", value: at(booking.checked_out_at) },
          { name: "Refund", value: refund_amount ? money(refund_amount, currency) : "" },
          { name: "Reason", value: booking.cancellation_reason },
          { name: "Notes", value: booking.notes },
          { name: "Number", value: <span className="kit-numbers">{booking.booking_number}</span> },
        ]}
      />
      {children}
    </Panel>
  );
}
