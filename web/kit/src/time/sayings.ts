/**
 * Says when something is, for people: in the zone of the place, which is named wherever it is not the reader's own.
 */
import { dayIn, visitorZone } from "./zones";

type When = Date | string;

/** Write `14:30`, as the reader's language writes times. */
export function sayTime(instant: When, zone: string): string {
  return format(instant, zone, { hour: "2-digit", minute: "2-digit" });
}

/** Write `Sun, 29 March`. */
export function sayDay(instant: When, zone: string): string {
  return format(instant, zone, { weekday: "short", day: "numeric", month: "long" });
}

/**
 * Write days of a calendar, which are the same everywhere: `Thu, 24 December – Sat, 26 December`, or the only one. The year
 * is said of those of another year.
 */
export function sayDays(first: string, last: string, now: Date = new Date()): string {
  const year = now.getUTCFullYear();
  const [from, until] = [sayDayOf(first, year), sayDayOf(last, year)];
  return from === until ? from : `${from} – ${until}`;
}

function sayDayOf(day: string, thisYear: number): string {
  const year = Number(day.slice(0, 4)) === thisYear ? {} : ({ year: "numeric" } as const);
  return format(day, "UTC", { weekday: "short", day: "numeric", month: "long", ...year });
}

/** Write day and time: `Sun, 29 March, 14:30`. */
export function sayMoment(instant: When, zone: string): string {
  return `${sayDay(instant, zone)}, ${sayTime(instant, zone)}`;
}

/** Write from when to when; the day of the end stands there only when it is another. */
export function sayRange(start: When, end: When, zone: string): string {
  const sameDay = dayIn(start, zone) === dayIn(end, zone);
  return `${sayMoment(start, zone)} – ${sameDay ? sayTime(end, zone) : sayMoment(end, zone)}`;
}

/** Write the clock that times are in: `Lisbon time (GMT+1)`. */
export function sayZone(zone: string, at: When = new Date()): string {
  const place = (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(
    new Date(at),
  );
  return `${place} time (${parts.find(({ type }) => type === "timeZoneName")?.value ?? zone})`;
}

/** Write the reader's own time of a moment elsewhere, or nothing where the clocks agree. */
export function sayOwnTime(instant: When, zone: string, own: string = visitorZone()): string | null {
  if (sayMoment(instant, zone) === sayMoment(instant, own)) return null;
  return `${sayMoment(instant, own)} your time`;
}

const STEPS: readonly (readonly [limitMs: number, unitMs: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60_000, 1_000, "second"],
  [3_600_000, 60_000, "minute"],
  [86_400_000, 3_600_000, "hour"],
  [Infinity, 86_400_000, "day"],
];
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** Write how long ago, or how soon: `5 minutes ago`, `in 2 hours`; under ten seconds `now`. */
export function sayAgo(instant: When, now: number): string {
  const away = new Date(instant).getTime() - now;
  if (Math.abs(away) < 10_000) return AGO.format(0, "second");
  const [, unitMs, unit] = STEPS.find(([limitMs]) => Math.abs(away) < limitMs) ?? [0, 86_400_000, "day" as const];
  return AGO.format(Math.round(away / unitMs), unit);
}

/** Write how long something takes: `45 min`, `1 h`, `1 h 30 min`. */
export function sayDuration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

function format(instant: When, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(new Date(instant));
}
