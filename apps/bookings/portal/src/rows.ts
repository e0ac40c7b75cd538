/** The rows that the pages show, as the generated types know them. */
import type { Tables } from "./database.types";

export type ProviderRow = Tables<"providers">;
export type ServiceRow = Tables<"services">;
export type ClientRow = Tables<"clients">;
export type BookingRow = Tables<"bookings">;
export type BookingEventRow = Tables<"booking_events">;
export type WorkingHoursRow = Tables<"working_hours">;
export type ScheduleExceptionRow = Tables<"schedule_exceptions">;

/** What operations answer: the row, and the token of a secret link where one was just made. */
export type BookingAnswer = BookingRow & { readonly link_token?: string };
