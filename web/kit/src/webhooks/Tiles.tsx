/**
 * How the webhooks of the last day fared, held against what was promised.
 */
import { ErrorState, KpiCard } from "../ui";
import type { WebhookFigures } from "./answers";
import styles from "./webhooks.module.css";

const LEAST_SUCCESS_PERCENT = 95;
const MOST_RESPONSE_MS = 2_000;
const MOST_LATENCY_MS = 500;

interface Props {
  readonly figures: WebhookFigures | undefined;
  readonly error: Error | null;
}

export function Tiles({ figures, error }: Props) {
  if (!figures && error) {
    return <ErrorState title="The figures could not be loaded" error={error} onRetry={() => location.reload()} />;
  }
  return (
    <div className={styles.tiles}>
      {MEASURES.map(({ field, promise, format, holds, ...words }) => (
        <KpiCard
          key={field}
          {...words}
          hint={promise}
          value={figures && (figures[field] ?? 0)}
          {...(format && { format })}
          {...(holds && { tone: toneOf(figures?.[field], holds) })}
        />
      ))}
    </div>
  );
}

interface Measure {
  readonly field: keyof WebhookFigures;
  readonly label: string;
  readonly promise: string;
  readonly format?: (value: number) => string;
  readonly holds?: (value: number) => boolean;
}

const MEASURES: readonly Measure[] = [
  {
    field: "success_rate",
    label: "Delivered",
    promise: `promised: over ${LEAST_SUCCESS_PERCENT} %`,
    format: (value) => `${value} %`,
    holds: (rate) => rate > LEAST_SUCCESS_PERCENT,
  },
  {
    field: "average_response_ms",
    label: "Mean answer",
    promise: `promised: below ${MOST_RESPONSE_MS / 1000} s`,
    format: sayMs,
    holds: (spent) => spent < MOST_RESPONSE_MS,
  },
  {
    field: "average_latency_ms",
    label: "Commit to first attempt",
    promise: `promised: below ${MOST_LATENCY_MS} ms`,
    format: sayMs,
    holds: (waited) => waited < MOST_LATENCY_MS,
  },
  { field: "due", label: "Still due", promise: "tried again by their schedule" },
  { field: "dead", label: "Given up", promise: "wait for you", holds: (count) => count === 0 },
];

/** What is not known, or was not sent, breaks no promise. */
function toneOf(value: number | null | undefined, holds: (value: number) => boolean): "good" | "bad" {
  return value === null || value === undefined || holds(value) ? "good" : "bad";
}

function sayMs(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
