/**
 * What happened to one booking, oldest first, and each new event in the moment it happens.
 */
import { useConnectionStatus, useTableRows } from "@millstream/kit/hooks";
import { useState } from "react";
import type { BookingEventRow } from "../../rows";

export interface UseBookingEvents {
  /** Undefined while loading. */
  readonly events: readonly BookingEventRow[] | undefined;
  readonly isConnected: boolean;
  readonly error: Error | null;
  /** Show no more of what happened until now; nothing is deleted. */
  readonly clearEvents: () => void;
  readonly reload: () => void;
}

export function useBookingEvents(bookingId: string): UseBookingEvents {
  const { isConnected } = useConnectionStatus();
  const [cleared, setCleared] = useState<ReadonlySet<string>>(() => new Set());
  const { rows, isLive, error, reload } = useTableRows<BookingEventRow>({
    table: "booking_events",
    of: { column: "booking_id", id: bookingId },
    event: "INSERT",
  });
  return {
    events: rows?.filter(({ id }) => !cleared.has(id)),
    isConnected: isConnected && isLive,
    error,
    clearEvents: () => setCleared(new Set(rows?.map(({ id }) => id))),
    reload,
  };
}
