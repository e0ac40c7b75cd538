/**
 * A seat as it is drawn: its label, and by colour, pattern and sign what state it is in. Flashes once when that changes.
 */
import { clsx } from "clsx";
import { memo, useState } from "react";
import styles from "./plan.module.css";
import { type PlanSeatStatus, SIGNS } from "./seats";

export const SEAT = 28;
const HALF = SEAT / 2;

interface Props {
  readonly label: string;
  readonly status: PlanSeatStatus;
  readonly isSelected?: boolean;
}

export const SeatMark = memo(function SeatMark({ label, status, isSelected = false }: Props) {
  const [shown, setShown] = useState({ status, changes: 0 });
  if (shown.status !== status) setShown({ status, changes: shown.changes + 1 });
  const sign = SIGNS[status];
  return (
    <g className={clsx(styles.seat, styles[status], isSelected && styles.selected)}>
      <rect className={styles.halo} x={-HALF - 4} y={-HALF - 4} width={SEAT + 8} height={SEAT + 8} rx={9} />
      {/* A new key starts the animation anew. */}
      <rect
        key={shown.changes}
        className={clsx(styles.body, shown.changes > 0 && styles.changed)}
        x={-HALF}
        y={-HALF}
        width={SEAT}
        height={SEAT}
        rx={6}
      />
      <path className={styles.pattern} d={PATTERNS[status]} />
      <text className={styles.label} y={sign ? -3 : 3.5} textAnchor="middle">
        {label}
      </text>
      {sign && <path className={styles.sign} d={sign} transform="translate(0 6.5)" />}
    </g>
  );
});

/** Lines across the seat: seen without colours, and from afar. */
const PATTERNS: Readonly<Record<PlanSeatStatus, string>> = {
  free: "",
  own: "",
  held: slanted(7),
  booked: `${slanted(7)}${slanted(7, true)}`,
  occupied: "",
  closed: `M${-HALF} -7h${SEAT}M${-HALF} 0h${SEAT}M${-HALF} 7h${SEAT}`,
  out_of_order: "",
};

function slanted(every: number, mirrored = false): string {
  const side = mirrored ? -1 : 1;
  let lines = "";
  for (let at = -SEAT + every; at < SEAT; at += every) {
    const [from, to] = [Math.max(-HALF, at - HALF), Math.min(HALF, at + HALF)];
    lines += `M${from * side} ${at - from}L${to * side} ${at - to}`;
  }
  return lines;
}
