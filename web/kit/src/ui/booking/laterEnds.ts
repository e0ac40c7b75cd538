/**
 * Until when something that is booked could last: each step from its end on, up to the next that is booked, the closing
 * time and the longest time that is allowed. Pure.
 */
export interface LaterEnds {
  readonly start: string;
  readonly end: string;
  readonly stepMinutes: number;
  readonly mostMinutes: number;
  /** When other bookings of the same begin. */
  readonly taken: readonly string[];
  /** Null where it never closes. */
  readonly closes: string | null;
}

const MINUTE_MS = 60_000;
const SHOWN = 8;

export function laterEnds({ start, end, stepMinutes, mostMinutes, taken, closes }: LaterEnds): readonly string[] {
  const from = Date.parse(end);
  const limits = [
    Date.parse(start) + mostMinutes * MINUTE_MS,
    ...(closes === null ? [] : [Date.parse(closes)]),
    ...taken.map((other) => Date.parse(other)).filter((other) => other >= from),
  ];
  const last = Math.min(...limits);
  const steps = Array.from({ length: SHOWN }, (_, index) => from + (index + 1) * stepMinutes * MINUTE_MS);
  return steps.filter((step) => step <= last).map((step) => new Date(step).toISOString());
}
