/**
 * The bookings of a library around today, the newest first, kept equal to the database. Holds that ran out are left out.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import { useState } from "react";
import type { Database } from "../../database.types";
import type { BookingRow } from "../../rows";

const DAY_MS = 86_400_000;
const DAYS_BEFORE = 7;

export interface UseLibraryBookings {
  readonly bookings: readonly BookingRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useLibraryBookings(library: string): UseLibraryBookings {
  const { client } = useProject();
  const [since] = useState(() =>
    new Date(Math.floor(client.now() / DAY_MS) * DAY_MS - DAYS_BEFORE * DAY_MS).toISOString(),
  );
  const { rows, error, reload } = useLiveRows<BookingRow>({
    topic: `library-bookings:${library}`,
    bindings: [{ event: "*", schema: "public", table: "bookings", filter: `library_id=eq.${library}` }],
    queryKey: ["bookings", "library", library],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("bookings")
          .select()
          .eq("library_id", library)
          .gte("start_time", since)
          .neq("status", "expired")
          .order("created_at", { ascending: false })
          .abortSignal(signal),
      ),
  });
  return { bookings: rows && newestFirst(rows), error, reload };
}

/** Leave out what ran out or was removed; the newest first. Pure. */
export function newestFirst(bookings: readonly BookingRow[]): readonly BookingRow[] {
  return bookings
    .filter(({ status, deleted_at }) => status !== "expired" && deleted_at === null)
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
}
