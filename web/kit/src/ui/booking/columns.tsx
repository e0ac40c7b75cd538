/**
 * Columns and filters that tables of bookings have, whatever is booked.
 */
import { dayIn } from "../../time";
import type { DataColumn, DataFilter } from "../table";
import { BOOKING_STATES, BookingBadge } from "./BookingBadge";
import type { SayMoney } from "./money";

interface Booked {
  readonly status: string;
  readonly booking_number: string;
  readonly currency: string;
  readonly timezone: string;
}

export function stateColumn<Row extends Booked>(): DataColumn<Row> {
  return {
    id: "state",
    header: "State",
    value: ({ status }) => labelOf(status),
    cell: ({ status }) => <BookingBadge status={status} />,
  };
}

export function amountColumn<Row extends Booked>(
  header: string,
  amountOf: (booking: Row) => number,
  money: SayMoney,
): DataColumn<Row> {
  return {
    id: "amount",
    header,
    value: amountOf,
    cell: (booking) => money(amountOf(booking), booking.currency),
    align: "end",
    wideOnly: true,
  };
}

export function numberColumn<Row extends Booked>(): DataColumn<Row> {
  return {
    id: "number",
    header: "Number",
    value: ({ booking_number }) => booking_number,
    cell: ({ booking_number }) => <span style={{ whiteSpace: "nowrap" }}>{booking_number}</span>,
    wideOnly: true,
  };
}

/** By these states, which are those that the table may show. */
export function stateFilter<Row extends Booked>(states: readonly string[]): DataFilter<Row> {
  return {
    id: "state",
    label: "State",
    options: states.map((value) => ({ value, label: labelOf(value) })),
    matches: ({ status }, chosen) => status === chosen,
  };
}

/** By the day on which a booking begins at its place. */
export function dayFilter<Row extends Booked>(startOf: (booking: Row) => string): DataFilter<Row> {
  return {
    id: "day",
    label: "Day",
    options: [
      { value: "today", label: "Today" },
      { value: "later", label: "Later" },
      { value: "before", label: "Before today" },
    ],
    matches: (booking, chosen) => sideOfToday(startOf(booking), booking.timezone, new Date()) === chosen,
  };
}

function labelOf(status: string): string {
  return BOOKING_STATES[status]?.label ?? status;
}

/** Say on which side of today something is, by the clock of the place. Pure. */
export function sideOfToday(at: string, zone: string, now: Date): "before" | "today" | "later" {
  const [day, today] = [dayIn(at, zone), dayIn(now, zone)];
  if (day === today) return "today";
  return day > today ? "later" : "before";
}
