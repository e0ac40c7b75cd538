/**
 * Times as account pages say them. Pure, given the present.
 */
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

export function sayDay(time: string): string {
  return DAY.format(new Date(time));
}

export function sayMoment(time: string): string {
  return MOMENT.format(new Date(time));
}

/** Return `3 hours ago`; a moment ago is "just now", and what is long ago is said by its day. */
export function sayAgo(time: string, nowMs: number): string {
  const passed = nowMs - Date.parse(time);
  if (passed > 30 * 86_400_000) return sayDay(time);
  const step = STEPS.find(([, length]) => passed >= length);
  return step ? RELATIVE.format(-Math.floor(passed / step[1]), step[0]) : "just now";
}
