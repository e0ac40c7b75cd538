/**
 * The grid of a calendar, drawn by Mantine's schedule: loaded by `Calendar` alone.
 *
 * The library knows wall times without a zone; instants become the place's wall times here, and back.
 */
import "@mantine/schedule/styles.layer.css";
import { DayView, ResourcesDayView, type ScheduleEventData, WeekView } from "@mantine/schedule";
import { clsx } from "clsx";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from "react";
import { useProject } from "../../hooks";
import { wallTime } from "../../time";
import type { CalendarProps } from "./Calendar";
import styles from "./Calendar.module.css";
import { entryOf, hoursOf, isMoving, toEvents, toMove } from "./entries";
import { useMoves } from "./useMoves";

const INTERVAL_MINUTES = 30;
const SNAP_MINUTES = 15;
const HOUR_PX = 76;
const LABELS = { resources: "People", resource: "Person" };
const HOURS = ["08:00:00", "18:00:00"] as const;

interface Drop {
  readonly eventId: string | number;
  readonly newStart: string;
  readonly newEnd: string;
  readonly resourceId?: string | number;
}

export function CalendarGrid(props: CalendarProps) {
  const { entries, zone, view, day, resources = [], hours = HOURS, onOpen, onMove, onPick } = props;
  const { client } = useProject();
  const { moves, move } = useMoves(onMove);
  const events = useMemo(() => toEvents(entries, zone, moves), [entries, zone, moves]);
  const [startTime, endTime] = useMemo(() => hoursOf(events, ...hours), [events, hours]);
  const drop = ({ eventId, newStart, newEnd, resourceId }: Drop): void =>
    move(toMove(String(eventId), newStart, newEnd, zone, resourceId));
  const pick = (start: string, end: string, resourceId?: string | number): void => {
    const { startsAt, endsAt, resourceId: of } = toMove("", start, end, zone, resourceId);
    onPick?.(of === undefined ? { startsAt, endsAt } : { startsAt, endsAt, resourceId: of });
  };
  const shared = {
    className: styles.grid,
    date: day,
    events,
    startTime,
    endTime,
    intervalMinutes: INTERVAL_MINUTES,
    withHeader: false,
    getCurrentTime: () => wallTime(new Date(client.now()), zone),
    renderEventBody: body,
    withEventsDragAndDrop: onMove !== undefined,
    eventDragInterval: SNAP_MINUTES,
    canDragEvent: (event: ScheduleEventData) => entryOf(event).movable ?? false,
    onEventDrop: drop,
    withEventResize: onMove !== undefined,
    eventResizeInterval: SNAP_MINUTES,
    canResizeEvent: (event: ScheduleEventData) => entryOf(event).movable ?? false,
    onEventResize: drop,
    onEventClick: (event: ScheduleEventData) => onOpen(entryOf(event)),
    onTimeSlotClick: (slot: { slotStart: string; slotEnd: string; resourceId?: string | number }) =>
      pick(slot.slotStart, slot.slotEnd, slot.resourceId),
  };
  const people = { resources: [...resources], slotWidth: 72, rowHeight: 72, maxEventsPerTimeSlot: 3, labels: LABELS };
  return (
    <div ref={useReadableDays()}>
      {view === "resources" && <ResourcesDayView {...shared} {...people} />}
      {view === "week" && (
        <WeekView {...shared} withAllDaySlots={false} withWeekNumber={false} highlightToday slotHeight={HOUR_PX} />
      )}
      {view === "day" && <DayView {...shared} withAllDaySlot={false} slotHeight={HOUR_PX} />}
    </div>
  );
}

/** The library labels its days `Weekday 2026-11-21`, which is not what stands on them (WCAG 2.5.3). */
function useReadableDays(): RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    frame.current?.querySelectorAll("[aria-label^='Weekday ']").forEach((day) => day.removeAttribute("aria-label"));
  });
  return frame;
}

function body(event: ScheduleEventData): ReactNode {
  const { title, detail, status, icon } = entryOf(event);
  return (
    <span className={clsx(styles.entry, isMoving(event) && styles.moving)}>
      <span className={styles.title}>
        {icon}
        {title}
      </span>
      <span className={styles.detail}>
        {[String(event.start).slice(11, 16), detail, status].filter(Boolean).join(" · ")}
      </span>
    </span>
  );
}
