/**
 * Chooses a day, then from and until on the clock of the place, or for how long.
 */
import { Button, Group, RangeSlider, UnstyledButton } from "@mantine/core";
import { sayDay, sayDuration, sayOwnTime, sayZone } from "../../time";
import { clsx } from "clsx";
import { useState } from "react";
import {
  bookableOf,
  clockOf,
  type DayRange,
  daysOf,
  instantsOf,
  type DayRules,
  type Opening,
  type WeekSchedule,
} from "./dayRange";
import styles from "./when.module.css";

export interface DayRangePickerProps {
  readonly rules: DayRules;
  readonly schedule: WeekSchedule;
  readonly range: DayRange;
  readonly now: number;
  readonly onChoose: (range: DayRange) => void;
}

const LENGTHS = [60, 120, 180, 240, 480];

export function DayRangePicker({ rules, schedule, range, now, onChoose }: DayRangePickerProps) {
  const openings = bookableOf(range.day, rules, schedule, now);
  const whole = { opens: openings[0]?.opens ?? range.start, closes: openings.at(-1)?.closes ?? range.end };
  const { from } = instantsOf(range, rules.timezone);
  const own = sayOwnTime(from, rules.timezone);
  return (
    <div className={styles.chooser}>
      <Days rules={rules} schedule={schedule} range={range} now={now} onChoose={onChoose} />
      <TimeSlider rules={rules} range={range} whole={whole} onChoose={onChoose} />
      <Lengths rules={rules} range={range} whole={whole} onChoose={onChoose} />
      <p className={styles.zone} title={own ?? undefined}>
        {sayZone(rules.timezone, from)}
        {own !== null && <> · {own}</>}
      </p>
    </div>
  );
}

function Days({ rules, schedule, range, now, onChoose }: DayRangePickerProps) {
  return (
    <div className={styles.days} role="group" aria-label="Day">
      {daysOf(rules, now).map((day, index) => {
        const isClosed = bookableOf(day, rules, schedule, now).length === 0;
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

interface RangeProps extends Pick<DayRangePickerProps, "rules" | "range" | "onChoose"> {
  readonly whole: Opening;
}

function TimeSlider({ rules, range, whole, onChoose }: RangeProps) {
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
        step={rules.slot_minutes}
        minRange={rules.min_minutes}
        maxRange={rules.max_minutes}
        label={clockOf}
        thumbFromLabel="From"
        thumbToLabel="Until"
        thumbValueText={clockOf}
        thumbSize={26}
        size="lg"
        pushOnOverlap={false}
        disabled={whole.closes - whole.opens <= rules.min_minutes}
      />
      <div className={clsx(styles.ends, "kit-numbers")} aria-hidden="true">
        <span>{clockOf(whole.opens)}</span>
        <span>{clockOf(whole.closes)}</span>
      </div>
    </div>
  );
}

function Lengths({ rules, range, whole, onChoose }: RangeProps) {
  const lengths = LENGTHS.filter((length) => length >= rules.min_minutes && length <= rules.max_minutes);
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
