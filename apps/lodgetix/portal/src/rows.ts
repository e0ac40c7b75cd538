/** The rows that the pages show, as the generated types know them. */
import type { Tables } from "./database.types";

export type EventRow = Tables<"events">;
export type EventTicketRow = Tables<"event_tickets">;
export type OrderRow = Tables<"orders">;
export type OrderItemRow = Tables<"order_items">;
