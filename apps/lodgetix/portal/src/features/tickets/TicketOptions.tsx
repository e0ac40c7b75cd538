/**
 * Everything that can be bought for an event.
 */
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import { useContext } from "react";
import type { EventRow } from "../../rows";
import { useHolds } from "../holds/useHolds";
import { useSelectTicket } from "../holds/useSelectTicket";
import { TicketAvailabilityContext } from "./ticketAvailability";
import { TicketOption } from "./TicketOption";
import styles from "./TicketOptions.module.css";
import { useTicketTypes } from "./useTicketTypes";

export function TicketOptions({ event }: { readonly event: EventRow }) {
  const types = useTicketTypes(event.id);
  const { isLoaded, error, reload } = useContext(TicketAvailabilityContext);
  const { holds, reload: reloadHolds } = useHolds(event.id);
  const { selectTicket, selecting } = useSelectTicket(reloadHolds);

  if (!types.data || !isLoaded) {
    const problem = types.error ?? error;
    const retry = (): void => {
      void types.refetch();
      reload();
    };
    if (problem) return <ErrorState title="The tickets could not be loaded" error={problem} onRetry={retry} />;
    return <LoadingState label="Loading tickets" count={3} height={120} />;
  }
  if (types.data.length === 0) return <EmptyState title="No tickets yet">They go on sale soon.</EmptyState>;
  const held = new Set(holds.flatMap((hold) => hold.items.map((item) => item.ticket_id)));
  return (
    <ul className={styles.options}>
      {types.data.map((ticket) => (
        <li key={ticket.id}>
          <TicketOption
            ticket={ticket}
            onSale={event.status === "published"}
            isHeld={held.has(ticket.id)}
            isSelecting={selecting === ticket.id}
            selectTicket={selectTicket}
          />
        </li>
      ))}
    </ul>
  );
}
