/**
 * What the visitor holds of an event: their own held orders with lines, kept equal to the database, in every tab.
 */
import { database, type ProjectClient, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject, useSession } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { OrderItemRow, OrderRow } from "../../rows";

export interface Hold extends OrderRow {
  readonly items: readonly OrderItemRow[];
}

export interface UseHolds {
  readonly holds: readonly Hold[];
  readonly reload: () => void;
}

export function useHolds(eventId: string): UseHolds {
  const { client } = useProject();
  const { user } = useSession();
  const owner = user?.id ?? "nobody";
  const enabled = user !== null;
  const orders = useLiveRows<OrderRow>({
    enabled,
    topic: `orders:${owner}`,
    bindings: [{ event: "*", schema: "public", table: "orders", filter: `owner_id=eq.${owner}` }],
    queryKey: ["orders", owner],
    keyOf: (order) => String(order.id),
    fetch: (signal) => loadHeldOrders(client, owner, signal),
  });
  const items = useLiveRows<OrderItemRow>({
    enabled,
    topic: `order-items:${owner}`,
    bindings: [{ event: "*", schema: "public", table: "order_items", filter: `owner_id=eq.${owner}` }],
    queryKey: ["order_items", owner],
    keyOf: (item) => `${String(item.order_id)} ${String(item.ticket_id)}`,
    fetch: (signal) => loadItems(client, owner, signal),
  });
  const reload = (): void => {
    if (!enabled) return;
    orders.reload();
    items.reload();
  };
  return { holds: holdsOf(eventId, orders.rows ?? [], items.rows ?? []), reload };
}

async function loadHeldOrders(client: ProjectClient, owner: string, signal: AbortSignal): Promise<OrderRow[]> {
  const orders = database<Database>(client).from("orders").select().eq("owner_id", owner).eq("status", "held");
  return unwrap(await orders.abortSignal(signal));
}

async function loadItems(client: ProjectClient, owner: string, signal: AbortSignal): Promise<OrderItemRow[]> {
  const items = database<Database>(client)
    .from("order_items")
    .select()
    .eq("owner_id", owner)
    .eq("occupies", "reserved");
  return unwrap(await items.abortSignal(signal));
}

/** Put held orders of one event together with their lines, the newest last. Pure. */
export function holdsOf(eventId: string, orders: readonly OrderRow[], items: readonly OrderItemRow[]): Hold[] {
  const byOrder = Map.groupBy(items, (item) => item.order_id);
  return orders
    .filter((order) => order.event_id === eventId && order.status === "held")
    .toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
    .map((order) => ({ ...order, items: byOrder.get(order.id) ?? [] }));
}

/** Write how many tickets some lines are: `1 ticket`, `3 tickets`. Pure. */
export function ticketsOf(items: readonly OrderItemRow[]): string {
  const count = items.reduce((sum, item) => sum + item.quantity, 0);
  return count === 1 ? "1 ticket" : `${count} tickets`;
}
