/**
 * Chooses a free time: a strip of days, each with how much is free, and the times of the chosen one.
 *
 * Times are the reader's own unless they choose the place's; where the two clocks agree there is nothing to choose. The
 * slots may change while one looks: a chosen time that was taken meanwhile is said to be gone.
 */
import { useState } from "react";
import { visitorZone } from "../../time";
import { DayStrip } from "./DayStrip";
import { type DayOfSlots, daysOfSlots, type Slot } from "./slotDays";
import styles from "./SlotPicker.module.css";
import { SlotTimes } from "./SlotTimes";
import { ZoneChoice } from "./ZoneChoice";

export interface SlotPickerProps<Kind extends Slot> {
  readonly label: string;
  /** Those of all days shown, and a day around them: clocks differ. Undefined until they are known. */
  readonly slots: readonly Kind[] | undefined;
  readonly placeZone: string;
  /** The first day shown, and changing it. */
  readonly firstDay: string;
  readonly onFirstDay: (day: string) => void;
  /** Nothing can be booked before it. */
  readonly earliestDay: string;
  readonly days?: number;
  readonly chosen: Kind | null;
  readonly onChoose: (slot: Kind) => void;
  readonly error?: Error | null;
  readonly onRetry?: () => void;
}

const DAYS = 7;
const NONE: readonly never[] = [];

export function SlotPicker<Kind extends Slot>(props: SlotPickerProps<Kind>) {
  const { label, slots, placeZone, firstDay, days = DAYS, chosen } = props;
  const [zone, setZone] = useState(visitorZone);
  const [day, setDay] = useState<string | null>(null);
  const shown = daysOfSlots(slots ?? NONE, zone, firstDay, days);
  const current = dayToShow(shown, day);
  return (
    <section className={styles.picker} aria-label={label}>
      <DayStrip
        days={shown}
        current={current.day}
        isKnown={slots !== undefined}
        firstDay={firstDay}
        earliestDay={props.earliestDay}
        onFirstDay={props.onFirstDay}
        onDay={setDay}
      />
      <div role="status">
        {isGone(slots, chosen) && <p className={styles.gone}>The time that you chose was just taken.</p>}
      </div>
      <SlotTimes {...props} slots={slots && current.slots} zone={zone} isAllFull={shown.every(isFull)} />
      <ZoneChoice zone={zone} placeZone={placeZone} day={firstDay} onZone={setZone} />
    </section>
  );
}

/** The chosen day, else the first with something free. */
function dayToShow<Kind extends Slot>(days: readonly DayOfSlots<Kind>[], chosen: string | null): DayOfSlots<Kind> {
  const found = days.find(({ day }) => day === chosen) ?? days.find((day) => !isFull(day)) ?? days[0];
  return found ?? { day: "", slots: [] };
}

function isFull({ slots }: DayOfSlots<Slot>): boolean {
  return slots.length === 0;
}

function isGone(slots: readonly Slot[] | undefined, chosen: Slot | null): boolean {
  return slots !== undefined && chosen !== null && !slots.some(({ startsAt }) => startsAt === chosen.startsAt);
}
