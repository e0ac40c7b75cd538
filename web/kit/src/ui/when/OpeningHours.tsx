/**
 * The week of a place, today's day marked, and the days on which it stays closed.
 */
import { dayIn, mondayOf, addDays, sayDay, sayZone } from "../../time";
import { clsx } from "clsx";
import { Panel } from "../Panel";
import { clockOf, openingsOf, type WeekSchedule } from "./dayRange";
import styles from "./when.module.css";

interface Props {
  readonly zone: string;
  readonly schedule: WeekSchedule;
  readonly now: number;
}

const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" });

export function OpeningHours({ zone, schedule, now }: Props) {
  const today = dayIn(new Date(now), zone);
  const week = Array.from({ length: 7 }, (_, index) => addDays(mondayOf(today), index));
  const closed = schedule.closedDays.filter(({ last_day }) => last_day >= today);
  return (
    <Panel title="Opening hours" lead={sayZone(zone)}>
      <dl className={styles.rows}>
        {week.map((day) => (
          <div key={day} className={clsx(day === today && styles.today)}>
            <dt>{WEEKDAY.format(new Date(`${day}T12:00:00Z`))}</dt>
            <dd className="kit-numbers">{sayHours(day, schedule.hours)}</dd>
          </div>
        ))}
      </dl>
      {closed.map(({ first_day, last_day, reason }) => (
        <p key={first_day} className={styles.note}>
          Closed {sayDays(first_day, last_day)}
          {reason !== "" && `: ${reason}`}
        </p>
      ))}
    </Panel>
  );
}

/** The usual hours of a weekday, whatever is closed just now. */
function sayHours(day: string, hours: WeekSchedule["hours"]): string {
  const openings = openingsOf(day, { hours, closedDays: [] });
  if (openings.length === 0) return "closed";
  return openings
    .map(({ opens, closes }) => (opens === 0 && closes === 1440 ? "all day" : `${clockOf(opens)} – ${clockOf(closes)}`))
    .join(", ");
}

function sayDays(first: string, last: string): string {
  const say = (day: string): string => sayDay(`${day}T12:00:00Z`, "UTC");
  return first === last ? say(first) : `${say(first)} – ${say(last)}`;
}
