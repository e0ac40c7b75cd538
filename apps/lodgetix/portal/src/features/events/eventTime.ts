/**
 * When an event is, by the clocks of its place: that is where the visitor has to be on time. Pure.
 */
interface Times {
  readonly starts_at: string;
  readonly ends_at: string;
  readonly timezone: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TIME = { hour: "numeric", minute: "2-digit" } as const;
const TIME_AND_ZONE = { ...TIME, timeZoneName: "short" } as const;
const DAY = { weekday: "short", day: "numeric", month: "short" } as const;

/** `Sat, 14 Mar 2026` in the reader's language. */
export function placeDate({ starts_at, timezone }: Times, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { ...DAY, year: "numeric", timeZone: timezone }).format(new Date(starts_at));
}

/** `18:00 – 00:00 EDT`; an event of several days says when its first begins and on which day it ends. */
export function placeHours({ starts_at, ends_at, timezone }: Times, locale?: string): string {
  const starts = new Date(starts_at);
  const ends = new Date(ends_at);
  const format = (options: Intl.DateTimeFormatOptions, date: Date): string =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: timezone }).format(date);
  // Not formatRange: past midnight it would write out both dates.
  if (ends.getTime() - starts.getTime() < DAY_MS) return `${format(TIME, starts)} – ${format(TIME_AND_ZONE, ends)}`;
  return `${format(TIME_AND_ZONE, starts)}, until ${format(DAY, ends)}`;
}

/** The parts of the little calendar sheet. */
export function calendarSheet({ starts_at, timezone }: Times, locale?: string): { month: string; day: string } {
  const date = new Date(starts_at);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: timezone }).format(date);
  return { month: part({ month: "short" }), day: part({ day: "numeric" }) };
}

/** The same moment by the reader's own clock, for a tooltip. */
export function readerTime({ starts_at }: Times, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" });
  return `Your time: ${format.format(new Date(starts_at))}`;
}
