/** The rows that the pages show, as the generated types know them. */
import type { Tables } from "./database.types";

/** The account of a provider is nobody's business, so its column cannot be selected. */
export type ProviderRow = Omit<Tables<"providers">, "user_id">;
export type ServiceRow = Tables<"services">;
export type BookingRow = Tables<"bookings">;
export type ClientRow = Tables<"clients">;
export type HoursRow = Tables<"working_hours">;
export type ExceptionRow = Tables<"schedule_exceptions">;
export type BookingEventRow = Tables<"booking_events">;

/** What operations answer: the row, and the token of a secret link where one was just made. */
export type BookingAnswer = BookingRow & { readonly link_token?: string };

export const PROVIDER_COLUMNS =
  "id, organisation_id, slug, name, company_name, trade, headline, email, timezone, currency, colour, hold_minutes, grace_minutes, active, created_at";
