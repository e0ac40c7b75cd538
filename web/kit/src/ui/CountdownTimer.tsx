/**
 * The time that is left until a deadline, as a ring and as minutes and seconds.
 *
 * `onEnd` is called once when the deadline passes while the timer is shown. Screen readers hear the deadline itself,
 * not each second.
 */
import { clsx } from "clsx";
import { useEffect, useEffectEvent } from "react";
import { useNow } from "../hooks";
import styles from "./CountdownTimer.module.css";

interface Props {
  readonly deadline: Date;
  /** The whole time, for the ring. */
  readonly totalMs: number;
  readonly onEnd?: () => void;
}

const RADIUS = 15;
const LENGTH = 2 * Math.PI * RADIUS;
const SOON_MS = 60_000;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function CountdownTimer({ deadline, totalMs, onEnd }: Props) {
  const now = useNow(deadline.getTime());
  const leftMs = Math.max(0, deadline.getTime() - now);
  const ended = leftMs === 0;
  const end = useEffectEvent(() => onEnd?.());
  useEffect(() => {
    if (ended) end();
  }, [ended]);
  const share = Math.min(1, leftMs / totalMs);
  return (
    <span
      className={clsx(styles.timer, leftMs < SOON_MS && styles.soon)}
      role="timer"
      aria-label={`Held until ${CLOCK.format(deadline)}`}
    >
      <svg viewBox="0 0 36 36" width="36" height="36" aria-hidden="true">
        <circle className={styles.track} cx="18" cy="18" r={RADIUS} />
        <circle className={styles.ring} cx="18" cy="18" r={RADIUS} strokeDasharray={`${share * LENGTH} ${LENGTH}`} />
      </svg>
      <span className="kit-numbers" aria-hidden="true">
        {minutesAndSeconds(leftMs)}
      </span>
    </span>
  );
}

/** Return `14:59`; the last second is shown as 00:01, the end as 00:00. */
export function minutesAndSeconds(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  const two = (value: number): string => value.toString().padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
