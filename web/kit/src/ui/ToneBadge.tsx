/**
 * A state in a word, with a tone; a sign before it where there is one. The word says it, the colour only helps.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import styles from "./ToneBadge.module.css";

export type Tone = "good" | "warn" | "bad" | "quiet";

interface Props {
  readonly tone: Tone;
  readonly sign?: ReactNode;
  readonly children: ReactNode;
}

export function ToneBadge({ tone, sign, children }: Props) {
  return (
    <span className={clsx(styles.badge, styles[tone])}>
      {sign}
      {children}
    </span>
  );
}
