/**
 * A calendar of a place: its day, its week, or its day by resource; in the place's own time, which it names.
 *
 * Entries are moved with the mouse; `onOpen` leads to a page or dialog where the same is done with the keyboard or by
 * touch (`MoveDialog`). On a phone a week is shown as its days. What draws the grid is loaded with the first calendar.
 */
import { ActionIcon, Button, SegmentedControl, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useProject } from "../../hooks";
import { addDays, dayIn, instantAt, mondayOf, sayZone } from "../../time";
import styles from "./Calendar.module.css";
import type { CalendarEntry, CalendarMove, CalendarResource } from "./entries";

export type CalendarView = "day" | "week" | "resources";

export interface CalendarProps {
  readonly label: string;
  readonly entries: readonly CalendarEntry[];
  /** The place's zone. */
  readonly zone: string;
  readonly view: CalendarView;
  /** A day of the place, `2026-11-21`. */
  readonly day: string;
  readonly onChange: (shown: { readonly view: CalendarView; readonly day: string }) => void;
  /** Who or what is claimed; with them there is a view by resource. */
  readonly resources?: readonly CalendarResource[];
  /** When the place opens and closes, wall times: what is drawn at least. */
  readonly hours?: readonly [opens: string, closes: string];
  readonly onOpen: (entry: CalendarEntry) => void;
  /** Resolve when the entries show it, reject when it was refused. */
  readonly onMove?: (move: CalendarMove) => Promise<unknown>;
  /** An empty time was pressed. */
  readonly onPick?: (time: Omit<CalendarMove, "id">) => void;
}

const Grid = lazy(async () => ({ default: (await import("./CalendarGrid")).CalendarGrid }));

const VIEWS = { day: "Day", week: "Week", resources: "People" } as const;

export function Calendar(props: CalendarProps) {
  const { label, zone, day, onChange, resources } = props;
  const { client } = useProject();
  const isPhone = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
  const view = isPhone && props.view === "week" ? "day" : props.view;
  const step = view === "week" ? 7 : 1;
  const go = (to: string): void => onChange({ view: props.view, day: to });
  const offered = (Object.keys(VIEWS) as CalendarView[]).filter(
    (each) => (each !== "resources" || resources) && !(each === "week" && isPhone),
  );
  return (
    <section className={styles.calendar} aria-label={label}>
      <div className={styles.head}>
        <ActionIcon variant="default" size="lg" aria-label="Earlier" onClick={() => go(addDays(day, -step))}>
          <IconChevronLeft size={18} />
        </ActionIcon>
        <Button variant="default" onClick={() => go(dayIn(new Date(client.now()), zone))}>
          Today
        </Button>
        <ActionIcon variant="default" size="lg" aria-label="Later" onClick={() => go(addDays(day, step))}>
          <IconChevronRight size={18} />
        </ActionIcon>
        <h2 className={styles.shown} aria-live="polite">
          {sayShown(view, day)}
        </h2>
        <span className={styles.zone}>{sayZone(zone, instantAt(day, zone))}</span>
        <SegmentedControl
          aria-label="View"
          data={offered.map((value) => ({ value, label: VIEWS[value] }))}
          value={view}
          onChange={(chosen) => onChange({ view: chosen, day })}
        />
      </div>
      <Suspense fallback={<Skeleton height={560} radius="lg" />}>
        <Grid {...props} view={view} />
      </Suspense>
    </section>
  );
}

function sayShown(view: CalendarView, day: string): string {
  const say = (shown: string, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }).format(new Date(`${shown}T00:00:00Z`));
  if (view !== "week") return say(day, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const monday = mondayOf(day);
  const short = { day: "numeric", month: "short" } as const;
  return `${say(monday, short)} – ${say(addDays(monday, 6), { ...short, year: "numeric" })}`;
}
