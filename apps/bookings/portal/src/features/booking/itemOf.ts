/**
 * A booking as the kit lists it to its client. Pure.
 */
import type { BookingItem } from "@millstream/kit/ui";
import type { BookingRow } from "../../rows";

export function itemOf({ id, service_name, provider_name, timezone, status, ...booking }: BookingRow): BookingItem {
  return {
    id,
    link: { to: "/my-bookings/$bookingId", params: { bookingId: id } },
    title: service_name,
    detail: provider_name,
    start: booking.starts_at,
    end: booking.ends_at,
    timezone,
    status,
    heldUntil: booking.deadline_at,
  };
}
