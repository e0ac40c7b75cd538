/** The seats of a zone in words: for screen readers, small screens and whoever likes lists better. */
import { UnstyledButton } from "@mantine/core";
import { clsx } from "clsx";
import styles from "./plan.module.css";
import { type PlanSeat, STATUS_LABELS } from "./seats";

interface Props {
  readonly label: string;
  readonly seats: readonly PlanSeat[];
  readonly selected: string | null;
  readonly onSelect: (seat: PlanSeat) => void;
}

export function SeatList({ label, seats, selected, onSelect }: Props) {
  const sorted = seats.toSorted(
    (a, b) => faintLast(a, b) || a.label.localeCompare(b.label, undefined, { numeric: true }),
  );
  return (
    <ul className={styles.list} aria-label={label}>
      {sorted.map((seat) => (
        <li key={seat.id}>
          <UnstyledButton
            className={clsx(styles.row, seat.id === selected && styles.chosen)}
            aria-pressed={seat.id === selected}
            onClick={() => onSelect(seat)}
          >
            <strong>{seat.label}</strong>
            <span className={clsx(styles.word, styles[seat.status])}>{STATUS_LABELS[seat.status]}</span>
            {seat.said !== undefined && <span className={styles.said}>{seat.said}</span>}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

function faintLast(one: PlanSeat, other: PlanSeat): number {
  return Number(one.isFaint ?? false) - Number(other.isFaint ?? false);
}
