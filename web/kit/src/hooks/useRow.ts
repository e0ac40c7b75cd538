/**
 * One row that only those who are signed in may see, as they see it; kept equal to the database.
 */
import { RequestFailed } from "../client";
import { useSession } from "./useSession";
import { useTableRows } from "./useTableRows";

export interface UseRow<Row> {
  /** Undefined while loading, null when there is none, or none that this visitor may see. */
  readonly row: Row | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useRow<Row>(table: string, id: string): UseRow<Row> {
  const { user, isLoading } = useSession();
  const enabled = user !== null;
  const { rows, error, reload } = useTableRows<Row>({ table, of: { column: "id", id }, viewer: user?.id, enabled });
  if (!enabled) return { row: isLoading ? undefined : null, error: null, reload };
  return { ...foundRow(rows, error), reload };
}

/** PostgreSQL's code for a text that no value of the column's type is written as. */
const NO_SUCH_VALUE = "22P02";

/** Say what was found: an address that was mistyped leads to no row, which is no error. Pure. */
export function foundRow<Row>(
  rows: readonly Row[] | undefined,
  error: Error | null,
): Pick<UseRow<Row>, "row" | "error"> {
  if (error instanceof RequestFailed && error.code === NO_SUCH_VALUE) return { row: null, error: null };
  return { row: rows && (rows[0] ?? null), error };
}
