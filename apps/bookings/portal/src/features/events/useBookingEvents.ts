/**
 * What happened to one booking, oldest first, and each new event in the moment it happens.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useConnectionStatus, useLiveRows, useProject } from "@millstream/kit/hooks";
import { useState } from "react";
import type { Database } from "../../database.types";
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
  const { client } = useProject();
  const { isConnected } = useConnectionStatus();
  const [cleared, setCleared] = useState<ReadonlySet<string>>(() => new Set());
  const { rows, isLive, error, reload } = useLiveRows<BookingEventRow>({
    topic: `booking-events:${bookingId}`,
    bindings: [{ event: "INSERT", schema: "public", table: "booking_events", filter: `booking_id=eq.${bookingId}` }],
    queryKey: ["booking_events", bookingId],
    keyOf: (event) => String(event.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("booking_events")
          .select()
          .eq("booking_id", bookingId)
          .order("created_at")
          .abortSignal(signal),
      ),
  });
  return {
    events: rows?.filter(({ id }) => !cleared.has(id)),
    isConnected: isConnected && isLive,
    error,
    clearEvents: () => setCleared(new Set(rows?.map(({ id }) => id))),
    reload,
  };
}
