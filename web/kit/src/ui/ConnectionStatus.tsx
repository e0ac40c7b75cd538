/**
 * The state of a page that hears rooms, with the way out of it: pulsing green while it is live, what is being done while
 * it is not, and then from when the data is. Opens the connection. The word says it; the colour only helps.
 */
import { UnstyledButton } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { clsx } from "clsx";
import { usePageConnection, useSocket } from "../hooks";
import type { ConnectionPhase } from "../live";
import styles from "./ConnectionStatus.module.css";
import { sayClock } from "./clock";

interface Said {
  readonly label: string;
  /** What a phone has room for; the whole stays for screen readers. */
  readonly short?: string;
  readonly look: string | undefined;
  readonly explanation: string;
}

const SAID: Record<ConnectionPhase, Said> = {
  idle: { label: "Connecting…", look: styles.quiet, explanation: "Connecting to the server." },
  connecting: { label: "Connecting…", look: styles.quiet, explanation: "Connecting to the server." },
  live: { label: "Live Updates", short: "Live", look: styles.live, explanation: "Changes appear here as they happen." },
  reconnecting: { label: "Reconnecting…", look: styles.waiting, explanation: "Connection lost; reconnecting." },
  offline: { label: "Offline", look: styles.lost, explanation: "No connection to the server." },
};

export function ConnectionStatus() {
  useSocket();
  const { phase, lastHeard, retry } = usePageConnection();
  const { label, short, look, explanation } = SAID[phase];
  const isOld = phase === "reconnecting" || phase === "offline";
  const since = isOld && lastHeard ? ` The data is from ${sayClock(lastHeard)}.` : "";
  return (
    <span className={clsx(styles.status, look)} title={explanation + since} data-testid="connection-status">
      <span className={clsx(styles.dot, phase === "live" && "kit-pulse")} aria-hidden="true" />
      <span className={styles.label} role="status">
        {label}
      </span>
      <span className={styles.short} aria-hidden="true">
        {short}
      </span>
      {isOld && lastHeard && <span className={clsx(styles.since, "kit-numbers")}>{sayClock(lastHeard)}</span>}
      {phase === "offline" && (
        <UnstyledButton className={styles.retry} onClick={retry} aria-label="Offline, retry now">
          <IconRefresh size={15} aria-hidden="true" /> Retry
        </UnstyledButton>
      )}
    </span>
  );
}
