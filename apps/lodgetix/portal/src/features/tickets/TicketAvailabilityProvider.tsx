/**
 * Keeps the counts of one event's tickets equal to the database for everything below it.
 *
 * Joins `event-tickets:${eventId}`, loads the counts when changes flow, then takes each changed ticket type from the
 * change itself. When few are left it warns, at most once in a while for each type. Leaving the page, or showing
 * another event, leaves the channel.
 */
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import type { EventTicketRow } from "../../rows";
import { type AvailabilityRow, loadTicketAvailability } from "./loadTicketAvailability";
import { useLowAvailabilityWarning } from "./lowAvailability";
import { type TicketAvailability, TicketAvailabilityContext } from "./ticketAvailability";
import { ticketTypesKey } from "./useTicketTypes";

interface Props {
  readonly eventId: string;
  readonly children: ReactNode;
}

export function TicketAvailabilityProvider({ eventId, children }: Props) {
  const { client } = useProject();
  const queryClient = useQueryClient();
  const showLowAvailabilityWarning = useLowAvailabilityWarning();
  const { rows, isLive, error, reload } = useLiveRows<AvailabilityRow>({
    topic: `event-tickets:${eventId}`,
    bindings: [{ event: "UPDATE", schema: "public", table: "event_tickets", filter: `event_id=eq.${eventId}` }],
    queryKey: ["event_tickets", eventId, "availability"],
    keyOf: (ticket) => String(ticket.id),
    fetch: (signal) => loadTicketAvailability(client, eventId, signal),
    onChange: ({ row }) => {
      const ticket = row as EventTicketRow;
      if (ticket.available_count < 10 && ticket.available_count > 0) {
        showLowAvailabilityWarning(ticket.name, ticket.available_count);
      }
      // The change carries the whole row: a new price or name needs no request.
      queryClient.setQueryData<readonly EventTicketRow[]>(ticketTypesKey(eventId), (types) =>
        types?.map((type) => (type.id === ticket.id ? { ...type, ...ticket } : type)),
      );
    },
  });
  const value = useMemo(
    () => ({ availability: toAvailability(rows ?? []), isLive, isLoaded: rows !== undefined, error, reload }),
    [rows, isLive, error, reload],
  );
  return <TicketAvailabilityContext value={value}>{children}</TicketAvailabilityContext>;
}

function toAvailability(rows: readonly AvailabilityRow[]): ReadonlyMap<string, TicketAvailability> {
  return new Map(
    rows.map((ticket) => [
      ticket.id,
      {
        ticketTypeId: ticket.id,
        availableCount: ticket.available_count,
        reservedCount: ticket.reserved_count,
        soldCount: ticket.sold_count,
        lastUpdated: ticket.updated_at,
      },
    ]),
  );
}
