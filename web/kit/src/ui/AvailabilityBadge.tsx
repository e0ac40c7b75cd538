/**
 * How much is left, as a word, a sign and a colour: none of them alone.
 */
import { clsx } from "clsx";
import { IconCircleCheck, IconCircleX, IconFlame } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./AvailabilityBadge.module.css";

export type AvailabilityLevel = "plenty" | "low" | "none";

const SIGNS = { plenty: IconCircleCheck, low: IconFlame, none: IconCircleX } as const;

interface Props {
  readonly level: AvailabilityLevel;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Say in three words how much is left: few is less than one in five. */
export function levelOf(free: number, all: number): AvailabilityLevel {
  if (free <= 0) return "none";
  return free * 5 < all ? "low" : "plenty";
}

export function AvailabilityBadge({ level, className, children }: Props) {
  const Sign = SIGNS[level];
  return (
    <span className={clsx(styles.badge, styles[level])}>
      <Sign size={16} aria-hidden="true" />
      <span className={clsx(className, "kit-numbers")}>{children}</span>
    </span>
  );
}
