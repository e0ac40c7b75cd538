/**
 * The bookings of whoever is signed in, those to come first; kept equal to the database.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject, useSession } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { BookingRow } from "../../rows";

export interface OwnBookings {
  readonly toCome: readonly BookingRow[];
  readonly past: readonly BookingRow[];
}

export interface UseOwnBookings {
  readonly bookings: OwnBookings | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOwnBookings(now: number): UseOwnBookings {
  const { client } = useProject();
  const { user, isLoading } = useSession();
  const owner = user?.id ?? "nobody";
  const { rows, error, reload } = useLiveRows<BookingRow>({
    enabled: user !== null,
    topic: `own-bookings:${owner}`,
    bindings: [{ event: "*", schema: "public", table: "bookings", filter: `client_user_id=eq.${owner}` }],
    queryKey: ["bookings", "own", owner],
    keyOf: (booking) => String(booking.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("bookings")
          .select()
          .eq("client_user_id", owner)
          .order("starts_at", { ascending: false })
          .limit(200)
          .abortSignal(signal),
      ),
  });
  const known = user === null && !isLoading ? [] : rows;
  return { bookings: known && sorted(known, now), error, reload };
}

/** Part bookings into those to come, soonest first, and the others, newest first; holds that ran out are left out. */
export function sorted(bookings: readonly BookingRow[], now: number): OwnBookings {
  const shown = bookings.filter(({ status }) => status !== "expired");
  const isToCome = ({ ends_at, status }: BookingRow): boolean =>
    Date.parse(ends_at) > now && ["held", "pending", "confirmed", "checked_in"].includes(status);
  const inOrder = shown.toSorted((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  return { toCome: inOrder.filter(isToCome), past: inOrder.filter((one) => !isToCome(one)).toReversed() };
}
