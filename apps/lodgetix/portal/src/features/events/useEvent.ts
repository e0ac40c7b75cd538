/**
 * One event by its slug, kept equal to the database: a cancelled event says so without a reload.
 */
import { useTableRows } from "@millstream/kit/hooks";
import type { EventRow } from "../../rows";

export interface UseEvent {
  /** Undefined while loading, null when there is no such event. */
  readonly event: EventRow | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useEvent(slug: string): UseEvent {
  const { rows, error, reload } = useTableRows<EventRow>({ table: "events", of: { column: "slug", id: slug } });
  return { event: rows && (rows[0] ?? null), error, reload };
}
