/**
 * The rows of one table that belong to a library, kept equal to the database.
 */
import { type LiveRowsResult, useTableRows } from "@millstream/kit/hooks";
import type { Tables } from "../database.types";
import { PRICE_CHANGE_COLUMNS, type PriceChangeRow } from "../rows";

interface LibraryRows {
  readonly zones: Tables<"zones">;
  readonly seats: Tables<"seats">;
  readonly opening_hours: Tables<"opening_hours">;
  readonly closed_days: Tables<"closed_days">;
  readonly prices: Tables<"prices">;
  readonly passes: Tables<"passes">;
  readonly price_changes: PriceChangeRow;
}

export function useLibraryRows<Name extends keyof LibraryRows>(
  table: Name,
  library: string,
): LiveRowsResult<LibraryRows[Name]> {
  const select = table === "price_changes" ? { select: PRICE_CHANGE_COLUMNS } : {};
  return useTableRows<LibraryRows[Name]>({ table, of: { column: "library_id", id: library }, ...select });
}
