/**
 * Own bookings as the kit lists them, and the seat that is held at a library for its student to confirm. Pure.
 */
import { type BookingItem, isHoldOver } from "@millstream/kit/ui";
import type { BookingRow } from "../../rows";

export function itemOf({
  id,
  library_name,
  seat_label,
  zone_name,
  timezone,
  status,
  ...booking
}: BookingRow): BookingItem {
  return {
    id,
    link: { to: "/bookings/$bookingId", params: { bookingId: id } },
    title: `Seat ${seat_label}, ${library_name}`,
    detail: zone_name,
    start: booking.start_time,
    end: booking.end_time,
    timezone,
    status,
    heldUntil: booking.hold_expires_at,
  };
}

export function heldAt(bookings: readonly BookingRow[], library: string, now: number): BookingRow | undefined {
  const isHeld = ({ library_id, status, hold_expires_at: heldUntil }: BookingRow): boolean =>
    library_id === library && status === "held" && !isHoldOver({ status, heldUntil }, now);
  return bookings.find(isHeld);
}
