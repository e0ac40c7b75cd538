/**
 * Sorts free slots into days and parts of the day, by the clock that the reader has chosen. Pure.
 */
import { addDays, dayIn, wallTime } from "../../time";

export interface Slot {
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface DayOfSlots<Kind extends Slot> {
  readonly day: string;
  readonly slots: readonly Kind[];
}

export type DayPart = "Morning" | "Afternoon" | "Evening";

/** Return so many days from the first on, each with its slots; a time that several offer stands there once. */
export function daysOfSlots<Kind extends Slot>(
  slots: readonly Kind[],
  zone: string,
  firstDay: string,
  days: number,
): readonly DayOfSlots<Kind>[] {
  const byStart = new Map(slots.toReversed().map((slot) => [Date.parse(slot.startsAt), slot]));
  const inOrder = [...byStart].toSorted(([a], [b]) => a - b).map(([, slot]) => slot);
  const byDay = Map.groupBy(inOrder, ({ startsAt }) => dayIn(startsAt, zone));
  return Array.from({ length: days }, (_, index) => {
    const day = addDays(firstDay, index);
    return { day, slots: byDay.get(day) ?? [] };
  });
}

/** Return the parts of a day that have slots, in their order. */
export function partsOfDay<Kind extends Slot>(
  slots: readonly Kind[],
  zone: string,
): ReadonlyMap<DayPart, readonly Kind[]> {
  return Map.groupBy(slots, ({ startsAt }) => {
    const hour = Number(wallTime(startsAt, zone).slice(11, 13));
    if (hour < 12) return "Morning";
    return hour < 17 ? "Afternoon" : "Evening";
  });
}
