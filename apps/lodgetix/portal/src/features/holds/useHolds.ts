/**
 * What the visitor holds of an event: their own held orders with lines, kept equal to the database, in every tab.
 */
import { useOwnRows, useSession } from "@millstream/kit/hooks";
import type { OrderItemRow, OrderRow } from "../../rows";

export interface Hold extends OrderRow {
  readonly items: readonly OrderItemRow[];
}

export interface UseHolds {
  readonly holds: readonly Hold[];
  readonly reload: () => void;
}

export function useHolds(eventId: string): UseHolds {
  const { user } = useSession();
  const orders = useOwnRows<OrderRow>("owner_id", { table: "orders", and: [["status", "eq", "held"]] });
  const items = useOwnRows<OrderItemRow>("owner_id", {
    table: "order_items",
    and: [["occupies", "eq", "reserved"]],
    keyedBy: ["order_id", "ticket_id"],
  });
  const reload = (): void => {
    if (user === null) return;
    orders.reload();
    items.reload();
  };
  return { holds: holdsOf(eventId, orders.rows ?? [], items.rows ?? []), reload };
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
