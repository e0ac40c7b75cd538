/**
 * What happened to all bookings in which one user is the client or the provider, newest last, and each new event in the
 * moment it happens. The server filters: two bindings on one channel (T6).
 */
import { database, unwrap } from "@millstream/kit/client";
import { useConnectionStatus, useLiveRows, useProject } from "@millstream/kit/hooks";
import { useState } from "react";
import type { Database } from "../../database.types";
import type { BookingEventRow } from "../../rows";
import type { UseBookingEvents } from "./useBookingEvents";

const NEWEST = 50;

export function useUserBookingEvents(userId: string | null): UseBookingEvents {
  const { client } = useProject();
  const { isConnected } = useConnectionStatus();
  const [cleared, setCleared] = useState<ReadonlySet<string>>(() => new Set());
  const owner = userId ?? "nobody";
  const { rows, isLive, error, reload } = useLiveRows<BookingEventRow>({
    enabled: userId !== null,
    topic: `user-booking-events:${owner}`,
    bindings: ["client_user_id", "provider_user_id"].map((column) => ({
      event: "INSERT",
      schema: "public",
      table: "booking_events",
      filter: `${column}=eq.${owner}`,
    })),
    queryKey: ["booking_events", "user", owner],
    keyOf: (event) => String(event.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("booking_events")
          .select()
          .or(`client_user_id.eq.${owner},provider_user_id.eq.${owner}`)
          .order("created_at", { ascending: false })
          .limit(NEWEST)
          .abortSignal(signal),
      ),
  });
  return {
    events: userId === null ? [] : rows?.filter(({ id }) => !cleared.has(id)),
    isConnected: isConnected && isLive,
    error,
    clearEvents: () => setCleared(new Set(rows?.map(({ id }) => id))),
    reload,
  };
}
