/**
 * One figure that somebody steers by: its name, its value now, how it moved, and what it is measured against.
 *
 * Whether a move is good is said by a word and an arrow; the colour only helps.
 */
import { Skeleton } from "@mantine/core";
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import { clsx } from "clsx";
import { type ReactNode, useId } from "react";
import { FlashNumber } from "./FlashNumber";
import styles from "./KpiCard.module.css";

export interface KpiDelta {
  readonly value: number;
  /** Against what: `since yesterday`. */
  readonly since: string;
  /** Which way is good. */
  readonly better?: "up" | "down";
}

interface Props {
  readonly label: string;
  /** Undefined until it is known. */
  readonly value: number | undefined;
  readonly format?: (value: number) => string;
  readonly icon?: ReactNode;
  readonly delta?: KpiDelta;
  /** A word on it: the target, the share. */
  readonly hint?: ReactNode;
  readonly tone?: "good" | "warn" | "bad";
  /** A small curve. */
  readonly children?: ReactNode;
}

export function KpiCard({ label, value, format, icon, delta, hint, tone, children }: Props) {
  const id = useId();
  return (
    <section className={clsx(styles.card, tone && styles[tone])} aria-labelledby={id}>
      <h3 id={id} className={styles.label}>
        {icon}
        {label}
      </h3>
      <p className={styles.value}>
        {value === undefined ? (
          <Skeleton component="span" display="block" width={90} height={30} />
        ) : (
          <FlashNumber value={value} {...(format && { format })} />
        )}
      </p>
      {delta && <Delta {...delta} {...(format && { format })} />}
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {children}
    </section>
  );
}

const PLAIN = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const MOVES = [
  { Arrow: IconArrowDownRight, word: "fewer" },
  { Arrow: IconArrowRight, word: "unchanged" },
  { Arrow: IconArrowUpRight, word: "more" },
] as const;

interface DeltaProps extends KpiDelta {
  readonly format?: (value: number) => string;
}

function Delta({ value, since, better = "up", format = (size) => PLAIN.format(size) }: DeltaProps) {
  const { Arrow, word } = MOVES[Math.sign(value) + 1] ?? MOVES[1];
  const gain = better === "up" ? Math.sign(value) : -Math.sign(value);
  const look = [styles.worse, styles.still, styles.better][gain + 1];
  return (
    <p className={clsx(styles.delta, look, "kit-numbers")}>
      <Arrow size={16} aria-hidden="true" />
      {value === 0 ? word : `${format(Math.abs(value))} ${word}`} {since}
    </p>
  );
}
