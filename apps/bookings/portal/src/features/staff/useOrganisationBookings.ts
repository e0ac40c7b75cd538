/**
 * The bookings of an organisation in some days, kept equal to the database: what others book, move or cancel moves here.
 */
import { useTableRows } from "@millstream/kit/hooks";
import type { BookingRow } from "../../rows";

export interface DaysOfOrganisation {
  /** Null where there is none. */
  readonly organisation: string | null;
  /** From this instant on, and up to that one. */
  readonly from: Date;
  readonly until: Date;
}

export interface UseOrganisationBookings {
  readonly bookings: readonly BookingRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOrganisationBookings({ organisation, from, until }: DaysOfOrganisation): UseOrganisationBookings {
  const { rows, error, reload } = useTableRows<BookingRow>({
    table: "bookings",
    enabled: organisation !== null,
    of: { column: "organisation_id", id: organisation ?? "none" },
    and: [
      ["starts_at", "lt", until.toISOString()],
      ["ends_at", "gt", from.toISOString()],
    ],
  });
  return { bookings: rows?.filter((one) => isWithin(one, from, until)), error, reload };
}

/** Say whether a booking touches the time; the live stream brings those of other days, too. Pure. */
export function isWithin({ starts_at, ends_at }: BookingRow, from: Date, until: Date): boolean {
  return Date.parse(starts_at) < until.getTime() && Date.parse(ends_at) > from.getTime();
}
