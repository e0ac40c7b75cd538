/**
 * Holds tickets for the visitor, who is signed in as a guest first if need be, and explains a refusal.
 */
import type { RequestFailed } from "@millstream/kit/client";
import { useOperation, useSession } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { useContext, useState } from "react";
import type { EventTicketRow } from "../../rows";
import { TicketAvailabilityContext } from "../tickets/ticketAvailability";
import { refusal } from "./refusals";

interface HoldParams {
  readonly ticket_id: string;
  readonly quantity: number;
}

export interface UseSelectTicket {
  readonly selectTicket: (ticket: EventTicketRow, quantity: number) => void;
  /** The ticket that is being held at this moment. */
  readonly selecting: string | null;
}

export function useSelectTicket(reloadHolds: () => void): UseSelectTicket {
  const { ensureSession } = useSession();
  const { reload: reloadCounts, isLive } = useContext(TicketAvailabilityContext);
  const [selecting, setSelecting] = useState<string | null>(null);
  const hold = useOperation<HoldParams, unknown>("hold_tickets");

  const select = async (ticket: EventTicketRow, quantity: number): Promise<void> => {
    setSelecting(ticket.id);
    try {
      await ensureSession();
      await hold.mutateAsync({ ticket_id: ticket.id, quantity });
      if (!isLive) reloadHolds();
    } catch (error) {
      showToast({ id: `hold:${ticket.id}`, kind: "problem", ...refusal(error as RequestFailed, ticket.name) });
    } finally {
      if (!isLive) reloadCounts();
      setSelecting(null);
    }
  };
  return { selectTicket: (ticket, quantity) => void select(ticket, quantity), selecting };
}
