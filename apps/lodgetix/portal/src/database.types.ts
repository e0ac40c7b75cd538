/**
 * The tables of LodgeTix as its portal uses them, in the form that Supabase's type generator writes.
 */
interface Table<Row> {
  Row: Row;
  Insert: Partial<Row>;
  Update: Partial<Row>;
  Relationships: [];
}

export type EventRow = {
  id: string;
  slug: string;
  title: string;
  description: string;
  venue: string;
  image_url: string | null;
  starts_at: string;
  ends_at: string;
  timezone: string;
  hold_minutes: number;
  status: "draft" | "published" | "cancelled" | "ended";
};

export type EventTicketRow = {
  id: string;
  event_id: string;
  name: string;
  description: string;
  price: number;
  currency: string;
  capacity: number;
  available_count: number;
  reserved_count: number;
  sold_count: number;
  max_per_person: number;
  sort_order: number;
  updated_at: string;
};

export type OrderRow = {
  id: string;
  number: string;
  event_id: string;
  owner_id: string;
  status: string;
  hold_expires_at: string;
  currency: string;
  total: number;
  created_at: string;
};

export type OrderItemRow = {
  order_id: string;
  event_id: string;
  owner_id: string;
  ticket_id: string;
  quantity: number;
  unit_price: number;
  occupies: "reserved" | "sold" | "nothing";
};

export type Database = {
  public: {
    Tables: {
      events: Table<EventRow>;
      event_tickets: Table<EventTicketRow>;
      orders: Table<OrderRow>;
      order_items: Table<OrderItemRow>;
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
  };
};
