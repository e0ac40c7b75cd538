/**
 * The newest events of an organisation, and each new one in the moment it happens.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { BookingEventRow } from "../../rows";

export interface UseOrganisationEvents {
  readonly events: readonly BookingEventRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOrganisationEvents(
  organisation: string,
  newest: number,
  onEvent: (event: BookingEventRow) => void,
): UseOrganisationEvents {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<BookingEventRow>({
    topic: `organisation-events:${organisation}:${newest}`,
    bindings: [
      { event: "INSERT", schema: "public", table: "booking_events", filter: `organisation_id=eq.${organisation}` },
    ],
    queryKey: ["booking_events", "organisation", organisation, newest],
    keyOf: (event) => String(event.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("booking_events")
          .select()
          .eq("organisation_id", organisation)
          .order("created_at", { ascending: false })
          .limit(newest)
          .abortSignal(signal),
      ),
    onChange: ({ row }) => onEvent(row as BookingEventRow),
  });
  return { events: rows && newestOf(rows, newest), error, reload };
}

/** Return so many of the newest, the oldest of them first. Pure. */
export function newestOf(events: readonly BookingEventRow[], count: number): readonly BookingEventRow[] {
  return events.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at)).slice(-count);
}
