/**
 * Own bookings, parted into those to come and those before; holds that ran out are left out. Pure.
 */
import type { BookingRow } from "../../rows";

export interface OwnBookings {
  /** The soonest first. */
  readonly toCome: readonly BookingRow[];
  /** The newest first. */
  readonly past: readonly BookingRow[];
}

const LIVE = ["held", "confirmed", "checked_in"];

export function parted(bookings: readonly BookingRow[], now: number): OwnBookings {
  const inOrder = bookings
    .filter((booking) => booking.status !== "expired" && !isHoldOver(booking, now))
    .toSorted((a, b) => Date.parse(a.start_time) - Date.parse(b.start_time));
  const isToCome = ({ end_time, status }: BookingRow): boolean => Date.parse(end_time) > now && LIVE.includes(status);
  return { toCome: inOrder.filter(isToCome), past: inOrder.filter((one) => !isToCome(one)).toReversed() };
}

/** Return the seat that is held at a library for its student to confirm. */
export function heldAt(bookings: readonly BookingRow[], library: string, now: number): BookingRow | undefined {
  return bookings.find(
    (booking) => booking.library_id === library && booking.status === "held" && !isHoldOver(booking, now),
  );
}

function isHoldOver({ status, hold_expires_at }: BookingRow, now: number): boolean {
  return status === "held" && hold_expires_at !== null && Date.parse(hold_expires_at) <= now;
}
