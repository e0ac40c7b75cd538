/**
 * The bookings of an organisation around today in a table: searched, filtered, sorted, exported; kept equal to the database.
 */
import { useProject } from "@millstream/kit/hooks";
import {
  amountColumn,
  BOOKING_STATES,
  type DataColumn,
  DataTable,
  dayFilter,
  money,
  numberColumn,
  stateColumn,
  stateFilter,
} from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { BookingRow } from "../../rows";
import { useOrganisationBookings } from "./useOrganisationBookings";

const DAY_MS = 86_400_000;
const DAYS_BEFORE = 14;
const DAYS_AHEAD = 60;

const COLUMNS: readonly DataColumn<BookingRow>[] = [
  {
    id: "starts",
    header: "Starts",
    value: ({ starts_at }) => new Date(starts_at),
    cell: ({ starts_at, timezone }) => sayMoment(starts_at, timezone),
  },
  { id: "client", header: "Client", value: ({ client_name }) => client_name },
  { id: "service", header: "Service", value: ({ service_name }) => service_name, wideOnly: true },
  { id: "provider", header: "With", value: ({ provider_name }) => provider_name, wideOnly: true },
  stateColumn(),
  amountColumn("Price", ({ total_price }) => total_price, money),
  numberColumn(),
];

const FILTERS = [
  stateFilter<BookingRow>(Object.keys(BOOKING_STATES)),
  dayFilter<BookingRow>(({ starts_at }) => starts_at),
];

export function BookingsTable({ organisation }: { readonly organisation: string }) {
  const { client } = useProject();
  const navigate = useNavigate();
  const [today] = useState(() => Math.floor(client.now() / DAY_MS) * DAY_MS);
  const days = { from: new Date(today - DAYS_BEFORE * DAY_MS), until: new Date(today + DAYS_AHEAD * DAY_MS) };
  const { bookings, error, reload } = useOrganisationBookings({ organisation, ...days });
  return (
    <DataTable
      label="Bookings"
      columns={COLUMNS}
      filters={FILTERS}
      rows={bookings && soonestFirst(bookings, today)}
      error={error}
      onRetry={reload}
      keyOf={({ id }) => id}
      empty={`Nothing is booked between ${DAYS_BEFORE} days ago and ${DAYS_AHEAD} days from now.`}
      onOpen={({ id }) => void navigate({ to: "/my-bookings/$bookingId", params: { bookingId: id } })}
    />
  );
}

/** From a time on as they come; then what was before, the latest first. Pure. */
export function soonestFirst(bookings: readonly BookingRow[], from: number): readonly BookingRow[] {
  const startOf = ({ starts_at }: BookingRow): number => Date.parse(starts_at);
  const toCome = bookings.filter((one) => startOf(one) >= from).toSorted((a, b) => startOf(a) - startOf(b));
  const before = bookings.filter((one) => startOf(one) < from).toSorted((a, b) => startOf(b) - startOf(a));
  return [...toCome, ...before];
}
