/**
 * How much is left of each ticket type of the event that the page shows, and whether that is live.
 */
import { createContext, useContext } from "react";

export interface TicketAvailability {
  readonly ticketTypeId: string;
  readonly availableCount: number;
  readonly reservedCount: number;
  readonly soldCount: number;
  readonly lastUpdated: string;
}

export interface TicketAvailabilityState {
  readonly availability: ReadonlyMap<string, TicketAvailability>;
  /** The channel is joined: each change appears as it is committed. */
  readonly isLive: boolean;
  /** The counts are known; before that nothing can be said about any ticket. */
  readonly isLoaded: boolean;
  readonly error: Error | null;
  readonly reload: () => void;
}

export const TicketAvailabilityContext = createContext<TicketAvailabilityState>({
  availability: new Map(),
  isLive: false,
  isLoaded: false,
  error: null,
  reload: () => undefined,
});

export function useTicketAvailability(ticketTypeId: string) {
  const { availability, isLive } = useContext(TicketAvailabilityContext);
  const ticket = availability.get(ticketTypeId);
  return {
    available: ticket?.availableCount ?? 0,
    reserved: ticket?.reservedCount ?? 0,
    sold: ticket?.soldCount ?? 0,
    isLive,
  };
}
