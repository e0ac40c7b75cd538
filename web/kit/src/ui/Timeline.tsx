/**
 * What happened, newest first, by day: a sign, a sentence, who did it and when. Times are those of the place.
 *
 * Entries that arrive while the list is shown flash once. The list scrolls by itself where it is given a height.
 */
import { clsx } from "clsx";
import { type ReactNode, useState } from "react";
import { useNow } from "../hooks";
import { dayIn, sayAgo, sayDay, sayMoment, sayTime } from "../time";
import styles from "./Timeline.module.css";

export type TimelineTone = "neutral" | "good" | "warn" | "bad";

export interface TimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  readonly by?: string;
  readonly icon?: ReactNode;
  readonly tone?: TimelineTone;
}

interface Props {
  readonly label: string;
  readonly entries: readonly TimelineEntry[];
  readonly zone: string;
  /** Where the list scrolls by itself. */
  readonly maxHeight?: number;
}

export function Timeline({ label, entries, zone, maxHeight }: Props) {
  const present = useSeenAtFirst(entries);
  const newestFirst = entries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const days = [...Map.groupBy(newestFirst, ({ at }) => dayIn(at, zone)).values()];
  const scrolling = maxHeight === undefined ? {} : { style: { maxHeight }, tabIndex: 0 };
  return (
    <div className={styles.timeline} role="region" aria-label={label} {...scrolling}>
      {days.map((ofDay) => (
        <section key={ofDay[0]?.id}>
          <h3 className={styles.day}>{sayDay(ofDay[0]?.at ?? "", zone)}</h3>
          <ol className={styles.entries}>
            {ofDay.map((entry) => (
              <Entry key={entry.id} entry={entry} zone={zone} isNew={!present.has(entry.id)} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

/** The first list that is not empty was there before; what comes later is new. */
function useSeenAtFirst(entries: readonly TimelineEntry[]): ReadonlySet<string> {
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set());
  if (seen.size > 0 || entries.length === 0) return seen;
  const first = new Set(entries.map(({ id }) => id));
  setSeen(first);
  return first;
}

interface EntryProps {
  readonly entry: TimelineEntry;
  readonly zone: string;
  readonly isNew: boolean;
}

function Entry({ entry, zone, isNew }: EntryProps) {
  const { at, title, detail, by, icon, tone = "neutral" } = entry;
  return (
    <li className={clsx(styles.entry, isNew && "kit-flash")}>
      <span className={clsx(styles.sign, styles[tone])} aria-hidden="true">
        {icon}
      </span>
      <div className={styles.said}>
        <div className={styles.title}>{title}</div>
        {detail !== undefined && <div className={styles.detail}>{detail}</div>}
        <div className={styles.meta}>
          <Moment at={at} zone={zone} />
          {by !== undefined && ` · ${by}`}
        </div>
      </div>
    </li>
  );
}

const HOUR_MS = 3_600_000;

function Moment({ at, zone }: { readonly at: string; readonly zone: string }) {
  const now = useNow();
  const isFresh = Math.abs(now - Date.parse(at)) < HOUR_MS;
  return (
    <time dateTime={at} title={sayMoment(at, zone)} className="kit-numbers">
      {isFresh ? sayAgo(at, now) : sayTime(at, zone)}
    </time>
  );
}
