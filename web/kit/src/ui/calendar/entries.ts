/**
 * What stands in a calendar, and how it becomes what the calendar's library draws: wall times of the place. Pure.
 */
import type { ScheduleEventData } from "@mantine/schedule";
import type { ReactNode } from "react";
import { instantAt, wallTime } from "../../time";

export interface CalendarEntry {
  readonly id: string;
  readonly title: string;
  /** A second line: who, which service. */
  readonly detail?: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** A colour of the theme. */
  readonly color: string;
  /** Its state, so that the colour is not the only sign of it. */
  readonly status?: string;
  readonly icon?: ReactNode;
  readonly resourceId?: string;
  readonly movable?: boolean;
  /** Stands behind the others and cannot be opened: a break, a closed day. */
  readonly isBackground?: boolean;
}

export interface CalendarResource {
  readonly id: string;
  readonly label: string;
}

export interface CalendarMove {
  readonly id: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Where it goes to, in a view with resources. */
  readonly resourceId?: string;
}

export type Moves = ReadonlyMap<string, CalendarMove>;

/** Return the entries as the library wants them, those that are being moved where they are moved to. */
export function toEvents(entries: readonly CalendarEntry[], zone: string, moves: Moves): ScheduleEventData[] {
  return entries.map((entry) => toEvent(entry, zone, moves.get(entry.id)));
}

function toEvent(entry: CalendarEntry, zone: string, move: CalendarMove | undefined): ScheduleEventData {
  const { startsAt, endsAt, resourceId } = { ...entry, ...move };
  return {
    id: entry.id,
    title: [entry.title, entry.status].filter(Boolean).join(", "),
    start: wallTime(startsAt, zone),
    end: wallTime(endsAt, zone),
    color: entry.color,
    payload: { entry, isMoving: move !== undefined },
    ...(entry.isBackground && { display: "background" as const }),
    ...(resourceId !== undefined && { resourceId }),
  };
}

/** Return a move from the library's wall times. */
export function toMove(
  id: string,
  start: string,
  end: string,
  zone: string,
  resourceId?: string | number,
): CalendarMove {
  const to = { id, startsAt: instantAt(start, zone), endsAt: instantAt(end, zone) };
  return resourceId === undefined ? to : { ...to, resourceId: String(resourceId) };
}

export function entryOf(event: ScheduleEventData): CalendarEntry {
  return (event.payload as { entry: CalendarEntry }).entry;
}

export function isMoving(event: ScheduleEventData): boolean {
  return (event.payload as { isMoving: boolean }).isMoving;
}

/** Return the hours to draw, whole ones, so that nothing of the entries is cut off. */
export function hoursOf(events: readonly ScheduleEventData[], opens: string, closes: string): [string, string] {
  const timed = events.filter(({ display }) => display !== "background");
  const starts = timed.map(({ start }) => String(start).slice(11));
  const ends = timed.map(({ start, end }) =>
    String(end).slice(0, 10) > String(start).slice(0, 10) ? "24:00" : String(end).slice(11),
  );
  const first = [opens, ...starts].toSorted()[0] ?? opens;
  const last = [closes, ...ends].toSorted().at(-1) ?? closes;
  const wholeHour = last.slice(3, 5) === "00" ? Number(last.slice(0, 2)) : Number(last.slice(0, 2)) + 1;
  return [`${first.slice(0, 2)}:00:00`, wholeHour >= 24 ? "23:59:59" : `${String(wholeHour).padStart(2, "0")}:00:00`];
}
