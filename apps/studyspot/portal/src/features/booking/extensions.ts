/**
 * Until when a booking could last: each step from its end on, up to the next booking of the seat, the closing time and
 * the longest time that is allowed. Pure.
 */
import type { BookingRow, LibraryRow } from "../../rows";

export interface Busy {
  readonly start_time: string;
  readonly end_time: string;
}

const MINUTE_MS = 60_000;
const MOST = 8;

export function extensionsOf(
  booking: Pick<BookingRow, "start_time" | "end_time">,
  { slot_minutes, max_minutes }: Pick<LibraryRow, "slot_minutes" | "max_minutes">,
  busy: readonly Busy[],
  closes: string | null,
): readonly string[] {
  const end = Date.parse(booking.end_time);
  const limits = [
    Date.parse(booking.start_time) + max_minutes * MINUTE_MS,
    ...(closes === null ? [] : [Date.parse(closes)]),
    ...busy.map(({ start_time }) => Date.parse(start_time)).filter((start) => start >= end),
  ];
  const last = Math.min(...limits);
  const steps = Array.from({ length: MOST }, (_, index) => end + (index + 1) * slot_minutes * MINUTE_MS);
  return steps.filter((step) => step <= last).map((step) => new Date(step).toISOString());
}
