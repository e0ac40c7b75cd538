/**
 * What can be bought for an event: names, prices, limits. The counts are `useTicketAvailability`'s.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useProject } from "@millstream/kit/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Database } from "../../database.types";
import type { EventTicketRow } from "../../rows";

export function ticketTypesKey(eventId: string) {
  return ["event_tickets", eventId, "types"] as const;
}

export function useTicketTypes(eventId: string) {
  const { client } = useProject();
  return useQuery<readonly EventTicketRow[]>({
    queryKey: ticketTypesKey(eventId),
    queryFn: async ({ signal }) => {
      const types = database<Database>(client).from("event_tickets").select().eq("event_id", eventId);
      return unwrap(await types.order("sort_order").order("name").abortSignal(signal));
    },
  });
}
