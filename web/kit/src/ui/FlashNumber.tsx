/**
 * A number that flashes once when it changes, and stays still for those who asked for less motion.
 */
import { clsx } from "clsx";
import { useState } from "react";

interface Props {
  readonly value: number;
}

const FORMAT = new Intl.NumberFormat();

export function FlashNumber({ value }: Props) {
  const [shown, setShown] = useState({ value, changes: 0 });
  if (shown.value !== value) setShown({ value, changes: shown.changes + 1 });
  return (
    // A new key starts the animation anew.
    <span key={shown.changes} className={clsx("kit-numbers", shown.changes > 0 && "kit-flash")}>
      {FORMAT.format(value)}
    </span>
  );
}
