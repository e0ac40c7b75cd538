/**
 * Stands on top of the page while the connection is lost: since when the data is old, and what the reader can do.
 */
import { UnstyledButton } from "@mantine/core";
import { IconCloudOff, IconRefresh } from "@tabler/icons-react";
import { usePageConnection } from "../hooks";
import { sayClock } from "./clock";
import styles from "./ConnectionBanner.module.css";

export function ConnectionBanner() {
  const { phase, lastHeard, retry } = usePageConnection();
  if (phase !== "reconnecting" && phase !== "offline") return null;
  const data = lastHeard ? `data from ${sayClock(lastHeard)}` : "no data yet";
  return (
    <div className={styles.banner} role="status" data-testid="connection-banner">
      <IconCloudOff size={18} aria-hidden="true" />
      <span className="kit-numbers">
        {phase === "reconnecting" ? `Reconnecting… ${data}` : `You are offline, ${data}`}
      </span>
      <UnstyledButton className={styles.retry} onClick={retry}>
        <IconRefresh size={15} aria-hidden="true" /> Retry now
      </UnstyledButton>
    </div>
  );
}
