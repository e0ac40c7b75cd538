/**
 * A few days beside each other, each with how much is free on it, and the way to earlier and later ones.
 */
import { ActionIcon, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { clsx } from "clsx";
import { addDays } from "../../time";
import type { DayOfSlots, Slot } from "./slotDays";
import styles from "./SlotPicker.module.css";

interface Props {
  readonly days: readonly DayOfSlots<Slot>[];
  readonly current: string;
  readonly isKnown: boolean;
  readonly firstDay: string;
  readonly earliestDay: string;
  readonly onFirstDay: (day: string) => void;
  readonly onDay: (day: string) => void;
}

export function DayStrip({ days, current, isKnown, firstDay, earliestDay, onFirstDay, onDay }: Props) {
  const earlier = addDays(firstDay, -days.length);
  return (
    <div className={styles.head}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Earlier days"
        disabled={firstDay <= earliestDay}
        onClick={() => onFirstDay(earlier < earliestDay ? earliestDay : earlier)}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <div className={styles.strip} role="group" aria-label="Day">
        {days.map((day) => (
          <DayButton key={day.day} {...day} isCurrent={day.day === current} isKnown={isKnown} onDay={onDay} />
        ))}
      </div>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Later days"
        onClick={() => onFirstDay(addDays(firstDay, days.length))}
      >
        <IconChevronRight size={18} />
      </ActionIcon>
    </div>
  );
}

interface DayProps extends DayOfSlots<Slot> {
  readonly isCurrent: boolean;
  readonly isKnown: boolean;
  readonly onDay: (day: string) => void;
}

function DayButton({ day, slots, isCurrent, isKnown, onDay }: DayProps) {
  const isFull = isKnown && slots.length === 0;
  const free = isFull ? "full" : `${slots.length} free`;
  return (
    <UnstyledButton
      className={clsx(styles.day, isCurrent && styles.current)}
      aria-pressed={isCurrent}
      disabled={isFull}
      onClick={() => onDay(day)}
    >
      <span className={styles.weekday}>{say(day, { weekday: "short" })}</span>{" "}
      <span className={styles.number}>
        {say(day, { day: "numeric" })}
        <VisuallyHidden> {say(day, { month: "long" })}</VisuallyHidden>
      </span>{" "}
      <span className={clsx(styles.free, "kit-numbers")}>{isKnown ? free : "\u00A0"}</span>
    </UnstyledButton>
  );
}

function say(day: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}
