/**
 * One row that only those who are signed in may see, as they see it; kept equal to the database.
 */
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
  return { row: rows && (rows[0] ?? null), error, reload };
}
