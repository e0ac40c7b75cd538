/**
 * A number that flashes once when it changes, and stays still for those who asked for less motion.
 */
import { clsx } from "clsx";
import { useState } from "react";

interface Props {
  readonly value: number;
  /** How it is written; by default as the reader's language writes numbers. */
  readonly format?: (value: number) => string;
}

const FORMAT = new Intl.NumberFormat();

export function FlashNumber({ value, format = (number) => FORMAT.format(number) }: Props) {
  const [shown, setShown] = useState({ value, changes: 0 });
  if (shown.value !== value) setShown({ value, changes: shown.changes + 1 });
  return (
    // A new key starts the animation anew.
    <span key={shown.changes} className={clsx("kit-numbers", shown.changes > 0 && "kit-flash")}>
      {format(value)}
    </span>
  );
}
