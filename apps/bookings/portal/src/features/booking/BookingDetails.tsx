/**
 * What a booking is: when, with whom, for how much, and in which state.
 */
import { BookingBadge, Facts, money, Panel, price, quoteLines, whenFact } from "@millstream/kit/ui";
import type { ReactNode } from "react";
import type { BookingRow } from "../../rows";

interface Props {
  readonly booking: BookingRow;
  readonly children?: ReactNode;
}

export function BookingDetails({ booking, children }: Props) {
  const { currency, refund_amount } = booking;
  return (
    <Panel title="Booking Details" action={<BookingBadge status={booking.status} />}>
      <Facts
        facts={[
          whenFact(booking.starts_at, booking.ends_at, booking.timezone),
          { name: "What", value: booking.service_name },
          { name: "With", value: booking.provider_name },
          { name: "For", value: booking.client_name },
          { name: "Price", value: price(booking.total_price, currency), soft: sayLines(booking) },
          { name: "Refund", value: refund_amount !== null && money(refund_amount, currency) },
          { name: "Notes", value: booking.notes },
          { name: "Number", value: <span className="kit-numbers">{booking.booking_number}</span> },
        ]}
      />
      {children}
    </Panel>
  );
}

/** What the price is made of, where it is of several parts. */
function sayLines({ quote, currency }: BookingRow): string {
  const lines = quoteLines(quote);
  if (lines.length < 2) return "";
  return lines.map(({ label, amount }) => `${label}: ${money(amount, currency)}`).join(" · ");
}
