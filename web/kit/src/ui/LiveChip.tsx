/**
 * Says whether what the page shows is live; nothing where a page needs no connection. The word and the shape say it, the colour only helps.
 */
import { clsx } from "clsx";
import { usePageConnection } from "../hooks";
import type { ConnectionPhase } from "../live";
import styles from "./LiveChip.module.css";

const SAID: Record<
  Exclude<ConnectionPhase, "idle">,
  { label: string; look: string | undefined; explanation: string }
> = {
  connecting: { label: "Connecting", look: styles.quiet, explanation: "Connecting to the server." },
  live: { label: "Live", look: styles.live, explanation: "Changes appear here as they happen." },
  reconnecting: { label: "Offline", look: styles.lost, explanation: "Connection lost; reconnecting." },
  offline: { label: "Offline", look: styles.lost, explanation: "No connection to the server." },
};

interface Props {
  /** On a phone the sign alone: full for live, hollow for lost. The word stays for screen readers. */
  readonly isCompact?: boolean;
}

export function LiveChip({ isCompact = false }: Props) {
  const { phase } = usePageConnection();
  if (phase === "idle") return null;
  const { label, look, explanation } = SAID[phase];
  return (
    <span className={clsx(styles.chip, look, isCompact && styles.compact)} title={explanation} data-testid="live-chip">
      <span className={clsx(styles.dot, phase === "live" && "kit-pulse")} aria-hidden="true" />
      <span className={styles.label}>{label}</span>
    </span>
  );
}
