/**
 * Events that have not ended, soonest first, each with its tickets; both kept equal to the database.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { EventRow, EventTicketRow } from "../../rows";

export type TicketSummary = Pick<
  EventTicketRow,
  "id" | "event_id" | "price" | "currency" | "capacity" | "available_count"
>;

export interface UpcomingEvent {
  readonly event: EventRow;
  readonly tickets: readonly TicketSummary[];
}

export interface UseUpcomingEvents {
  readonly events: readonly UpcomingEvent[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useUpcomingEvents(): UseUpcomingEvents {
  const { client } = useProject();
  const tables = database<Database>(client);
  const events = useLiveRows<EventRow>({
    topic: "events",
    bindings: [{ event: "*", schema: "public", table: "events" }],
    queryKey: ["events"],
    keyOf: (event) => String(event.id),
    fetch: async (signal) => unwrap(await tables.from("events").select().order("starts_at").abortSignal(signal)),
  });
  const tickets = useLiveRows<TicketSummary>({
    topic: "event-tickets",
    bindings: [{ event: "*", schema: "public", table: "event_tickets" }],
    queryKey: ["event_tickets"],
    keyOf: (ticket) => String(ticket.id),
    fetch: async (signal) =>
      unwrap(
        await tables
          .from("event_tickets")
          .select("id, event_id, price, currency, capacity, available_count")
          .abortSignal(signal),
      ),
  });
  const reload = (): void => {
    events.reload();
    tickets.reload();
  };
  return {
    events: events.rows && tickets.rows && upcoming(events.rows, tickets.rows),
    error: events.error ?? tickets.error,
    reload,
  };
}

/** Leave out what has ended, order by time, give each event its tickets. Pure. */
export function upcoming(events: readonly EventRow[], tickets: readonly TicketSummary[]): UpcomingEvent[] {
  const byEvent = Map.groupBy(tickets, (ticket) => ticket.event_id);
  return events
    .filter((event) => event.status === "published" || event.status === "cancelled")
    .toSorted((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
    .map((event) => ({ event, tickets: byEvent.get(event.id) ?? [] }));
}
