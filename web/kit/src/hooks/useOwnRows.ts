/**
 * The rows of one table that are those of whoever is signed in, kept equal to the database; those of nobody are none.
 */
import type { LiveRowsResult } from "./useLiveRows";
import { useSession } from "./useSession";
import { type TableRows, useTableRows } from "./useTableRows";

/** The column is the one that says whose a row is. */
export function useOwnRows<Row>(
  column: string,
  asked: Omit<TableRows<Row>, "of" | "viewer" | "enabled">,
): LiveRowsResult<Row> {
  const { user, isLoading } = useSession();
  const own = useTableRows<Row>({ ...asked, of: { column, id: user?.id ?? "nobody" }, enabled: user !== null });
  return user === null && !isLoading ? { ...own, rows: [] } : own;
}
