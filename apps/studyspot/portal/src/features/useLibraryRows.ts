/**
 * The rows of one table that belong to a library, kept equal to the database.
 */
import { unwrap } from "@millstream/kit/client";
import { type LiveRowsResult, useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Tables } from "../database.types";
import {
  ANNOUNCEMENT_COLUMNS,
  type AnnouncementRow,
  PRICE_CHANGE_COLUMNS,
  type PriceChangeRow,
  REVIEW_COLUMNS,
  type ReviewRow,
} from "../rows";

interface LibraryRows {
  readonly zones: Tables<"zones">;
  readonly seats: Tables<"seats">;
  readonly opening_hours: Tables<"opening_hours">;
  readonly closed_days: Tables<"closed_days">;
  readonly prices: Tables<"prices">;
  readonly price_changes: PriceChangeRow;
  readonly reviews: ReviewRow;
  readonly announcements: AnnouncementRow;
}

export type LibraryTable = keyof LibraryRows;

/** What may be selected, where that is not everything. */
const COLUMNS: Partial<Record<LibraryTable, string>> = {
  price_changes: PRICE_CHANGE_COLUMNS,
  reviews: REVIEW_COLUMNS,
  announcements: ANNOUNCEMENT_COLUMNS,
};

/** With `newest` only so many, the newest first; without it all. */
export function useLibraryRows<Name extends LibraryTable>(
  table: Name,
  library: string,
  newest?: number,
): LiveRowsResult<LibraryRows[Name]> {
  const { client } = useProject();
  return useLiveRows<LibraryRows[Name]>({
    topic: `${table}:${library}`,
    bindings: [{ event: "*", schema: "public", table, filter: `library_id=eq.${library}` }],
    queryKey: [table, library],
    keyOf: (row: { readonly id?: string }) => String(row.id),
    fetch: async (signal) => {
      const asked = client.supabase
        .from(table)
        .select(COLUMNS[table] ?? "*")
        .eq("library_id", library);
      const limited = newest === undefined ? asked : asked.order("created_at", { ascending: false }).limit(newest);
      return unwrap(await limited.abortSignal(signal).overrideTypes<LibraryRows[Name][], { merge: false }>());
    },
  });
}
