/**
 * The bookings of a library around today, the newest first, kept equal to the database. Holds that ran out are left out.
 */
import { useProject, useTableRows } from "@millstream/kit/hooks";
import { useState } from "react";
import type { BookingRow } from "../../rows";

const DAY_MS = 86_400_000;
const DAYS_BEFORE = 7;

export function useLibraryBookings(library: string) {
  const { client } = useProject();
  const [since] = useState(() =>
    new Date(Math.floor(client.now() / DAY_MS) * DAY_MS - DAYS_BEFORE * DAY_MS).toISOString(),
  );
  const { rows, error, reload } = useTableRows<BookingRow>({
    table: "bookings",
    of: { column: "library_id", id: library },
    and: [
      ["start_time", "gte", since],
      ["status", "neq", "expired"],
    ],
  });
  return { bookings: rows && newestFirst(rows), error, reload };
}

/** Leave out what ran out or was removed; the newest first. Pure. */
export function newestFirst(bookings: readonly BookingRow[]): readonly BookingRow[] {
  return bookings
    .filter(({ status, deleted_at }) => status !== "expired" && deleted_at === null)
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
}
