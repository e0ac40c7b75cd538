/**
 * Bookings as entries of a calendar: who, what, in which state. What occupies no time any more is left out. Pure.
 */
import { BOOKING_STATES, type CalendarEntry, type Tone } from "@millstream/kit/ui";
import type { BookingRow } from "../../rows";

const SHOWN: readonly string[] = ["held", "pending", "confirmed", "checked_in", "completed", "no_show"];
const COLOURS: Readonly<Record<Tone, string>> = { good: "teal", warn: "yellow", bad: "red", quiet: "gray" };
const MOVABLE: readonly string[] = ["pending", "confirmed"];

export function entriesOf(bookings: readonly BookingRow[]): readonly CalendarEntry[] {
  return bookings.filter(({ status }) => SHOWN.includes(status)).map(entryOf);
}

function entryOf(booking: BookingRow): CalendarEntry {
  const { label, tone } = BOOKING_STATES[booking.status] ?? { label: booking.status, tone: "quiet" };
  return {
    id: booking.id,
    title: booking.client_name === "" ? booking.service_name : booking.client_name,
    detail: `${booking.service_name} · ${booking.provider_name}`,
    startsAt: booking.starts_at,
    endsAt: booking.ends_at,
    color: COLOURS[tone],
    status: label,
    resourceId: booking.provider_id,
    movable: MOVABLE.includes(booking.status),
  };
}
