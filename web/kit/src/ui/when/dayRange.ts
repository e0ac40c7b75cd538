/**
 * A day at a place and a range of its clock, kept to when the place is open and to how long one may book. Pure.
 *
 * Minutes count from the midnight of the day, so that 24:00 is 1440; the address of a page has them as `14:30`. The rows
 * are those of the kit's tables of opening hours and closed days.
 */
import { addDays, dayIn, instantAt, wallTime } from "../../time";

export interface DayRange {
  /** `2026-03-29` */
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

export interface Opening {
  readonly opens: number;
  readonly closes: number;
}

interface ClosedDays {
  readonly first_day: string;
  readonly last_day: string;
  readonly reason: string;
}

/** When a place is open. */
export interface WeekSchedule {
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[];
  readonly closedDays: readonly ClosedDays[];
}

/** How one may book there. */
export interface DayRules {
  readonly timezone: string;
  readonly slot_minutes: number;
  readonly min_minutes: number;
  readonly max_minutes: number;
  readonly horizon_days: number;
}

const USUAL_MINUTES = 120;
const DAY_MINUTES = 1440;

/** Return when the place is open on a day, in order; nothing where it is closed. */
export function openingsOf(day: string, { hours, closedDays }: WeekSchedule): readonly Opening[] {
  if (closedOn(day, closedDays)) return [];
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return hours
    .filter((row) => row.weekday === weekday)
    .map(({ opens, closes }) => ({ opens: minutesOf(opens), closes: minutesOf(closes) }))
    .toSorted((a, b) => a.opens - b.opens);
}

function closedOn(day: string, closedDays: readonly ClosedDays[]): ClosedDays | undefined {
  return closedDays.find(({ first_day, last_day }) => first_day <= day && day <= last_day);
}

/** Return the part of the day that can still be had: from the present step on, as long as it is open. */
export function bookableOf(day: string, rules: DayRules, schedule: WeekSchedule, now: number): readonly Opening[] {
  const present = wallTime(new Date(now), rules.timezone);
  const today = present.slice(0, 10);
  if (day < today) return [];
  const step = rules.slot_minutes;
  const first = day === today ? Math.floor(minutesOf(present.slice(11)) / step) * step : 0;
  return openingsOf(day, schedule)
    .map(({ opens, closes }) => ({ opens: Math.max(opens, first), closes }))
    .filter(({ opens, closes }) => closes - opens >= rules.min_minutes);
}

/** Return the days that can be booked, today first. */
export function daysOf(rules: DayRules, now: number): readonly string[] {
  const today = dayIn(new Date(now), rules.timezone);
  return Array.from({ length: rules.horizon_days + 1 }, (_, index) => addDays(today, index));
}

/** Return what was asked for where it can be had, else the next time that can; null where there is none. */
export function fitted(
  asked: Partial<DayRange>,
  rules: DayRules,
  schedule: WeekSchedule,
  now: number,
): DayRange | null {
  const days = daysOf(rules, now);
  const from = asked.day !== undefined && days.includes(asked.day) ? asked.day : days[0];
  for (const day of days.filter((each) => from !== undefined && each >= from)) {
    const openings = bookableOf(day, rules, schedule, now);
    const [first] = openings;
    if (first === undefined) continue;
    const start = asked.start ?? first.opens;
    const opening = openings.find(({ closes }) => start <= closes - rules.min_minutes) ?? first;
    return { day, ...within(opening, start, (asked.end ?? start + USUAL_MINUTES) - start, rules) };
  }
  return null;
}

/** Move a range into what is open, as long as was wished where that is allowed. */
function within({ opens, closes }: Opening, start: number, length: number, rules: DayRules): Omit<DayRange, "day"> {
  const latest = closes - rules.min_minutes;
  const begins = Math.min(Math.max(start, opens), latest);
  const lasts = Math.min(Math.max(length, rules.min_minutes), rules.max_minutes, closes - begins);
  return { start: begins, end: begins + lasts };
}

/** Return the range as instants. */
export function instantsOf(
  { day, start, end }: DayRange,
  zone: string,
): { readonly from: string; readonly until: string } {
  const at = (minutes: number): string =>
    (minutes >= DAY_MINUTES
      ? instantAt(`${addDays(day, 1)} ${clockOf(minutes - DAY_MINUTES)}:00`, zone)
      : instantAt(`${day} ${clockOf(minutes)}:00`, zone)
    ).toISOString();
  return { from: at(start), until: at(end) };
}

/** Read `14:30` or `14:30:00` as minutes; NaN where it is none. */
export function minutesOf(clock: string): number {
  const [hours = NaN, minutes = NaN] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Write minutes as `14:30`. */
export function clockOf(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
