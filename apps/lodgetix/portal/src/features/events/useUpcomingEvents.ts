/**
 * Events that have not ended, soonest first, each with its tickets; both kept equal to the database.
 */
import { useTableRows } from "@millstream/kit/hooks";
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
  const events = useTableRows<EventRow>({ table: "events" });
  const tickets = useTableRows<TicketSummary>({
    table: "event_tickets",
    select: "id, event_id, price, currency, capacity, available_count",
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
