/**
 * What a booking is: where, when, for how much, and in which state.
 */
import { Panel } from "@millstream/kit/ui";
import { sayMoment, sayOwnTime, sayRange, sayZone } from "@millstream/kit/time";
import type { ReactNode } from "react";
import type { BookingRow } from "../../rows";
import { money, price } from "../money";
import styles from "./booking.module.css";
import { StatusBadge } from "./statuses";

const PAID: Readonly<Record<string, string>> = {
  at_place: "You pay at the library.",
  paid: "Paid.",
  refunded: "Paid back.",
  pass: "Covered by your pass.",
};

export function BookingDetails({ booking, children }: { readonly booking: BookingRow; readonly children?: ReactNode }) {
  const { start_time, end_time, timezone, currency, total_amount } = booking;
  const own = sayOwnTime(start_time, timezone);
  return (
    <Panel title="Your booking" action={<StatusBadge status={booking.status} />}>
      <dl className={styles.facts}>
        <Fact name="When">
          <span title={own ?? undefined}>{sayRange(start_time, end_time, timezone)}</span>
          <span className={styles.soft}>{[sayZone(timezone, start_time), own].filter(Boolean).join(" · ")}</span>
        </Fact>
        <Fact name="Seat">
          {booking.seat_label}
          <span className={styles.soft}>{booking.zone_name}</span>
        </Fact>
        <Fact name="Price">
          {price(total_amount, currency)}
          {total_amount > 0 && <span className={styles.soft}>{PAID[booking.payment_status]}</span>}
        </Fact>
        {texts(booking).map(([name, text]) => (
          <Fact key={name} name={name}>
            {text}
          </Fact>
        ))}
        <Fact name="Number">
          <span className="kit-numbers">{booking.booking_number}</span>
        </Fact>
      </dl>
      {children}
    </Panel>
  );
}

/** What a booking has to say besides, by its name. */
function texts(booking: BookingRow): readonly (readonly [string, string])[] {
  const { student_name, checked_in_at, checked_out_at, timezone, refund_amount, currency } = booking;
  const at = (moment: string | null): string => (moment === null ? "" : sayMoment(moment, timezone));
  const all = [
    ["For", student_name],
    ["Checked in", at(checked_in_at)],
    ["Left", at(checked_out_at)],
    ["Refund", refund_amount === null || refund_amount === 0 ? "" : money(refund_amount, currency)],
    ["Reason", booking.cancellation_reason ?? ""],
    ["Notes", booking.notes],
  ] as const;
  return all.filter(([, text]) => text !== "");
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
