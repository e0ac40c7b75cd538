/**
 * A board that is read from afar: how many are free of all, and in each part.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { FlashNumber } from "../FlashNumber";
import styles from "./CountBoard.module.css";

export interface BoardPart {
  readonly id: string;
  readonly name: string;
  /** Stands below the name, smaller. */
  readonly more?: ReactNode;
  readonly free: number;
  readonly total: number;
}

interface Props {
  /** What is counted: `Free seats`. */
  readonly label: string;
  readonly free: number;
  /** Say the word after the number: `seats are free`. */
  readonly sayFree: (count: number) => string;
  readonly parts: readonly BoardPart[];
}

export function CountBoard({ label, free, sayFree, parts }: Props) {
  return (
    <section aria-label={label} className={styles.board}>
      <p className={styles.all}>
        <FlashNumber value={free} /> <span>{sayFree(free)}</span>
      </p>
      <ul className={styles.parts}>
        {parts.map((part) => (
          <li key={part.id} className={clsx(styles.part, part.free === 0 && styles.full)}>
            <span className={styles.name}>
              {part.name}
              {part.more && <span className={styles.more}>{part.more}</span>}
            </span>
            <span className={styles.count}>
              {part.free === 0 ? "full" : <FlashNumber value={part.free} />}
              <small>of {part.total}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
