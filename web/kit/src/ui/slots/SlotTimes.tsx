/**
 * The free times of one day by parts of the day, or why there are none.
 */
import { UnstyledButton } from "@mantine/core";
import { clsx } from "clsx";
import { sayTime } from "../../time";
import { ErrorState, LoadingState } from "../states";
import { partsOfDay, type Slot } from "./slotDays";
import styles from "./SlotPicker.module.css";

interface Props<Kind extends Slot> {
  readonly slots: readonly Kind[] | undefined;
  readonly zone: string;
  readonly chosen: Kind | null;
  readonly onChoose: (slot: Kind) => void;
  readonly error?: Error | null;
  readonly onRetry?: () => void;
  /** There is nothing on the other days either. */
  readonly isAllFull: boolean;
}

export function SlotTimes<Kind extends Slot>({
  slots,
  zone,
  chosen,
  onChoose,
  error,
  onRetry,
  isAllFull,
}: Props<Kind>) {
  if (slots === undefined) {
    if (error)
      return <ErrorState title="The free times could not be loaded" error={error} onRetry={() => onRetry?.()} />;
    return <LoadingState label="Looking for free times" count={3} height={44} />;
  }
  if (slots.length === 0) {
    const said = isAllFull ? "Nothing is free on these days. Look at later ones." : "Nothing is free on this day.";
    return <p className={styles.none}>{said}</p>;
  }
  return (
    <div className={styles.parts}>
      {[...partsOfDay(slots, zone)].map(([part, ofPart]) => (
        <div key={part} role="group" aria-label={part}>
          <h3 className={styles.part}>{part}</h3>
          <div className={styles.times}>
            {ofPart.map((slot) => (
              <TimeButton
                key={slot.startsAt}
                said={sayTime(slot.startsAt, zone)}
                isChosen={slot.startsAt === chosen?.startsAt}
                onClick={() => onChoose(slot)}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

interface TimeProps {
  readonly said: string;
  readonly isChosen: boolean;
  readonly onClick: () => void;
}

function TimeButton({ said, isChosen, onClick }: TimeProps) {
  return (
    <UnstyledButton
      className={clsx(styles.time, isChosen && styles.chosen, "kit-numbers")}
      aria-pressed={isChosen}
      onClick={onClick}
    >
      {said}
    </UnstyledButton>
  );
}
