/** The rows that the pages show, as the generated types know them. */
import type { Tables } from "./database.types";

export type LibraryRow = Tables<"libraries">;
export type ZoneRow = Tables<"zones">;
export type SeatRow = Tables<"seats">;
export type OpeningHoursRow = Tables<"opening_hours">;
export type ClosedDayRow = Tables<"closed_days">;
export type PriceRow = Tables<"prices">;
export type BookingRow = Tables<"bookings">;
export type PassRow = Tables<"passes">;
export type SeatAlertRow = Tables<"seat_alerts">;

// Who wrote or changed these is nobody's business, so those columns cannot be selected.
export type PriceChangeRow = Omit<Tables<"price_changes">, "changed_by">;
export type BookingEventRow = Omit<Tables<"booking_events">, "created_by">;

export const PRICE_CHANGE_COLUMNS = "id, organisation_id, library_id, zone_id, old, new, created_at";
export const BOOKING_EVENT_COLUMNS =
  "id, organisation_id, booking_id, library_id, seat_id, user_id, event_type, old_status, new_status, data, actor, created_at";
