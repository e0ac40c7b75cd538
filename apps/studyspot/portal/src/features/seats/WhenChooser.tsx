/**
 * For when somebody looks for a seat: the day, then from and until on the clock of the place. The plan follows.
 */
import { Button, Group, RangeSlider, UnstyledButton } from "@mantine/core";
import { sayDay, sayOwnTime, sayZone } from "@millstream/kit/time";
import { clsx } from "clsx";
import { useState } from "react";
import type { LibraryRow } from "../../rows";
import { sayDuration } from "../durations";
import { bookableOf, clockOf, type DayRange, daysOf, instantsOf, type Opening, type Schedule } from "./dayRange";
import styles from "./WhenChooser.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly schedule: Schedule;
  readonly range: DayRange;
  readonly now: number;
  readonly onChoose: (range: DayRange) => void;
}

const LENGTHS = [60, 120, 180, 240, 480];

export function WhenChooser({ library, schedule, range, now, onChoose }: Props) {
  const openings = bookableOf(range.day, library, schedule, now);
  const whole = { opens: openings[0]?.opens ?? range.start, closes: openings.at(-1)?.closes ?? range.end };
  const { from } = instantsOf(range, library.timezone);
  const own = sayOwnTime(from, library.timezone);
  return (
    <div className={styles.chooser}>
      <Days library={library} schedule={schedule} range={range} now={now} onChoose={onChoose} />
      <TimeSlider library={library} range={range} whole={whole} onChoose={onChoose} />
      <Lengths library={library} range={range} whole={whole} onChoose={onChoose} />
      <p className={styles.zone} title={own ?? undefined}>
        {sayZone(library.timezone, from)}
        {own !== null && <> · {own}</>}
      </p>
    </div>
  );
}

function Days({ library, schedule, range, now, onChoose }: Props) {
  return (
    <div className={styles.days} role="group" aria-label="Day">
      {daysOf(library, now).map((day, index) => {
        const isClosed = bookableOf(day, library, schedule, now).length === 0;
        return (
          <UnstyledButton
            key={day}
            className={clsx(styles.day, day === range.day && styles.current)}
            aria-pressed={day === range.day}
            disabled={isClosed}
            onClick={() => onChoose({ ...range, day })}
          >
            <span className={styles.weekday}>{index === 0 ? "Today" : say(day, { weekday: "short" })}</span>{" "}
            <span className={styles.number}>{say(day, { day: "numeric" })}</span>{" "}
            <span className={styles.month}>{isClosed ? "closed" : say(day, { month: "short" })}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
}

interface RangeProps extends Pick<Props, "library" | "range" | "onChoose"> {
  readonly whole: Opening;
}

function TimeSlider({ library, range, whole, onChoose }: RangeProps) {
  const key = `${range.day} ${range.start} ${range.end}`;
  const [moved, setMoved] = useState<{ readonly from: string; readonly to: [number, number] } | null>(null);
  // What is being moved counts until the range itself has moved.
  const [start, end] = moved?.from === key ? moved.to : [range.start, range.end];
  return (
    <div className={styles.time}>
      <div className={styles.said}>
        <span className="kit-numbers">
          {sayDay(`${range.day}T12:00:00Z`, "UTC")}, {clockOf(start)} – {clockOf(end)}
        </span>
        <span className={clsx(styles.length, "kit-numbers")}>{sayDuration(end - start)}</span>
      </div>
      <RangeSlider
        value={[start, end]}
        onChange={(to) => setMoved({ from: key, to })}
        onChangeEnd={([from, until]) => onChoose({ ...range, start: from, end: until })}
        min={whole.opens}
        max={whole.closes}
        step={library.slot_minutes}
        minRange={library.min_minutes}
        maxRange={library.max_minutes}
        label={clockOf}
        thumbFromLabel="From"
        thumbToLabel="Until"
        thumbValueText={clockOf}
        thumbSize={26}
        size="lg"
        pushOnOverlap={false}
        disabled={whole.closes - whole.opens <= library.min_minutes}
      />
      <div className={clsx(styles.ends, "kit-numbers")} aria-hidden="true">
        <span>{clockOf(whole.opens)}</span>
        <span>{clockOf(whole.closes)}</span>
      </div>
    </div>
  );
}

function Lengths({ library, range, whole, onChoose }: RangeProps) {
  const lengths = LENGTHS.filter((length) => length >= library.min_minutes && length <= library.max_minutes);
  return (
    <Group gap={6} role="group" aria-label="For how long">
      {lengths.map((length) => {
        const isNow = range.end - range.start === length;
        return (
          <Button
            key={length}
            size="compact-md"
            radius="xl"
            variant={isNow ? "filled" : "default"}
            aria-pressed={isNow}
            disabled={range.start + length > whole.closes}
            onClick={() => onChoose({ ...range, end: range.start + length })}
          >
            {sayDuration(length)}
          </Button>
        );
      })}
    </Group>
  );
}

function say(day: string, options: Intl.DateTimeFormatOptions): string {
  const noon = new Date(`${day}T12:00:00Z`);
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }).format(noon);
}
