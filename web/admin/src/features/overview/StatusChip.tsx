/**
 * Says in a word how the project fares, and whether what the page shows is still fresh.
 */
import type { UseQueryResult } from "@tanstack/react-query";
import { clsx } from "clsx";
import type { Watched } from "./rates";
import styles from "./StatusChip.module.css";

const WORDS = { ready: "Ready", warning: "Warning", critical: "Critical", failed: "Failed" } as const;

export function StatusChip({ answer }: { readonly answer: UseQueryResult<Watched> }) {
  const { data, isError, dataUpdatedAt } = answer;
  if (isError) {
    const since = data ? ` since ${new Date(dataUpdatedAt).toLocaleTimeString()}` : "";
    return (
      <span className={clsx(styles.chip, styles.bad)} role="status">
        <span className={styles.dot} aria-hidden="true" />
        No answer{since}
      </span>
    );
  }
  if (!data) return null;
  const { status } = data.overview;
  return (
    <span
      className={clsx(styles.chip, status === "ready" ? styles.good : status === "warning" ? styles.warn : styles.bad)}
    >
      <span className={clsx(styles.dot, "kit-pulse")} aria-hidden="true" />
      {WORDS[status]}
    </span>
  );
}
