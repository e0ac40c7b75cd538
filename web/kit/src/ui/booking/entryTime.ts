/**
 * When one may check in to a booking, by the rules of its place. The server decides; this is what a page says. Pure.
 */
export interface EntryTime {
  readonly opens: number;
  readonly closes: number;
}

interface Claimed {
  readonly start: string;
  readonly end: string;
  readonly madeAt: string;
}

export interface EntryRules {
  /** How long before the start it begins. */
  readonly earlyMinutes: number;
  /** How long one is waited for. */
  readonly graceMinutes: number;
}

const MINUTE_MS = 60_000;

/** What was booked after its start waits for whoever booked it from then on. */
export function entryTime({ start, end, madeAt }: Claimed, { earlyMinutes, graceMinutes }: EntryRules): EntryTime {
  const from = Date.parse(start);
  const waitsFrom = Math.max(from, Date.parse(madeAt));
  return {
    opens: from - earlyMinutes * MINUTE_MS,
    closes: Math.min(waitsFrom + graceMinutes * MINUTE_MS, Date.parse(end)),
  };
}
