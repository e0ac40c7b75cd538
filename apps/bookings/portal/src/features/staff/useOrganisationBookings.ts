/**
 * The bookings of an organisation in some days, kept equal to the database: what others book, move or cancel moves here.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
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
  const { client } = useProject();
  const owner = organisation ?? "none";
  const range = [from.toISOString(), until.toISOString()] as const;
  const { rows, error, reload } = useLiveRows<BookingRow>({
    enabled: organisation !== null,
    topic: `organisation-bookings:${owner}:${range.join("/")}`,
    bindings: [{ event: "*", schema: "public", table: "bookings", filter: `organisation_id=eq.${owner}` }],
    queryKey: ["bookings", "organisation", owner, ...range],
    keyOf: (booking) => String(booking.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("bookings")
          .select()
          .eq("organisation_id", owner)
          .lt("starts_at", range[1])
          .gt("ends_at", range[0])
          .order("starts_at")
          .abortSignal(signal),
      ),
  });
  return { bookings: rows?.filter((one) => isWithin(one, from, until)), error, reload };
}

/** Say whether a booking touches the time; the live stream brings those of other days, too. Pure. */
export function isWithin({ starts_at, ends_at }: BookingRow, from: Date, until: Date): boolean {
  return Date.parse(starts_at) < until.getTime() && Date.parse(ends_at) > from.getTime();
}
