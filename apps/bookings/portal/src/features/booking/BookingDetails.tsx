/**
 * What a booking is: when, with whom, for how much, and in which state.
 */
import { Panel } from "@millstream/kit/ui";
import { sayOwnTime, sayRange, sayZone } from "@millstream/kit/time";
import type { ReactNode } from "react";
import type { BookingRow } from "../../rows";
import { money, price } from "../money";
import styles from "./BookingDetails.module.css";
import { quoteLines } from "./quoteLines";
import { StatusBadge } from "./statuses";

interface Props {
  readonly booking: BookingRow;
  readonly children?: ReactNode;
}

export function BookingDetails({ booking, children }: Props) {
  const { starts_at, ends_at, timezone, currency } = booking;
  const own = sayOwnTime(starts_at, timezone);
  return (
    <Panel title="Booking Details" action={<StatusBadge status={booking.status} />}>
      <dl className={styles.facts}>
        <Fact name="When">
          {sayRange(starts_at, ends_at, timezone)}
          <span className={styles.soft}>{sayZone(timezone, starts_at)}</span>
          {own !== null && <span className={styles.soft}>{own}</span>}
        </Fact>
        <Fact name="What">{booking.service_name}</Fact>
        <Fact name="With">{booking.provider_name}</Fact>
        {booking.client_name !== "" && <Fact name="For">{booking.client_name}</Fact>}
        <Fact name="Price">
          {price(booking.total_price, currency)}
          {quoteLines(booking.quote).length > 1 &&
            quoteLines(booking.quote).map(({ label, amount }) => (
              <span key={label} className={styles.soft}>
                {label}: {money(amount, currency)}
              </span>
            ))}
        </Fact>
        {booking.refund_amount !== null && <Fact name="Refund">{money(booking.refund_amount, currency)}</Fact>}
        {booking.notes !== "" && <Fact name="Notes">{booking.notes}</Fact>}
        <Fact name="Number">
          <span className="kit-numbers">{booking.booking_number}</span>
        </Fact>
      </dl>
      {children}
    </Panel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
