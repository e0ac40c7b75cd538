/**
 * When one may check in to a booking, by the rules of its library. The server decides; this is what the page says. Pure.
 */
import type { BookingRow, LibraryRow } from "../../rows";

export interface CheckInTime {
  readonly opens: number;
  readonly closes: number;
}

type Rules = Pick<LibraryRow, "check_in_early_minutes" | "grace_minutes">;

const MINUTE_MS = 60_000;

/** A booking that was made after its start waits for its student from then on. */
export function checkInTime(booking: BookingRow, { check_in_early_minutes, grace_minutes }: Rules): CheckInTime {
  const start = Date.parse(booking.start_time);
  return {
    opens: start - check_in_early_minutes * MINUTE_MS,
    closes: Math.min(
      Math.max(start, Date.parse(booking.created_at)) + grace_minutes * MINUTE_MS,
      Date.parse(booking.end_time),
    ),
  };
}
