/**
 * Converts between instants and the clock on a wall somewhere. Pure; the zones are those that the browser knows.
 *
 * A wall time is `2026-03-29 14:30:00`, without a zone, as Mantine's calendars want it. A wall time that a clock change
 * leaves out means the instant after the gap by as much; one that comes twice means the first.
 */
import { zoneName } from "./zoneNames";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The zone of whoever looks at the page, by its name of today. */
export function visitorZone(): string {
  return zoneName(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Return what a clock in the zone shows at an instant. */
export function wallTime(instant: Date | string, zone: string): string {
  const shown = new Date(shownAt(new Date(instant).getTime(), zone));
  return shown.toISOString().slice(0, 19).replace("T", " ");
}

/** Return the day that it is in the zone at an instant: `2026-03-29`. */
export function dayIn(instant: Date | string, zone: string): string {
  return wallTime(instant, zone).slice(0, 10);
}

/** Return the instant at which a clock in the zone shows a wall time; a day alone means its midnight. */
export function instantAt(wall: string, zone: string): Date {
  const shown = Date.parse(`${wall.replace(" ", "T")}${wall.length === 10 ? "T00:00:00" : ""}Z`);
  const offsets = [shown - DAY_MS, shown + DAY_MS].map((near) => shownAt(near, zone) - near);
  const found = offsets.map((offset) => shown - offset).filter((instant) => shownAt(instant, zone) === shown);
  return new Date(found.length > 0 ? Math.min(...found) : shown - (offsets[0] ?? 0));
}

/** Return the day some days later, or earlier. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Return the Monday of the week that a day belongs to. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

/** The clock of the zone at an instant, as if it showed UTC. */
function shownAt(instant: number, zone: string): number {
  const shown = new Map(
    clockOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: string): number => shown.get(name as Intl.DateTimeFormatPartTypes) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const numeric = { year: "numeric", month: "numeric", day: "numeric", minute: "numeric", second: "numeric" } as const;
  const clock = new Intl.DateTimeFormat("en-US", { ...numeric, hour: "numeric", hourCycle: "h23", timeZone: zone });
  clocks.set(zone, clock);
  return clock;
}
