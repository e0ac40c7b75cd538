/**
 * One event by its slug, kept equal to the database: a cancelled event says so without a reload.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { EventRow } from "../../rows";

export interface UseEvent {
  /** Undefined while loading, null when there is no such event. */
  readonly event: EventRow | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useEvent(slug: string): UseEvent {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<EventRow>({
    topic: `event:${slug}`,
    bindings: [{ event: "*", schema: "public", table: "events", filter: `slug=eq.${slug}` }],
    queryKey: ["events", slug],
    keyOf: (event) => String(event.id),
    fetch: async (signal) =>
      unwrap(await database<Database>(client).from("events").select().eq("slug", slug).abortSignal(signal)),
  });
  return { event: rows && (rows[0] ?? null), error, reload };
}
