/**
 * How the webhooks of the last day fared, held against what was promised.
 */
import { ErrorState, KpiCard } from "@millstream/kit/ui";
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
      <KpiCard
        label="Delivered"
        value={shown(figures, figures?.success_rate)}
        format={(value) => `${value} %`}
        hint={`promised: over ${LEAST_SUCCESS_PERCENT} %`}
        tone={toneOf(figures?.success_rate, (rate) => rate > LEAST_SUCCESS_PERCENT)}
      />
      <KpiCard
        label="Mean answer"
        value={shown(figures, figures?.average_response_ms)}
        format={sayMs}
        hint={`promised: below ${MOST_RESPONSE_MS / 1000} s`}
        tone={toneOf(figures?.average_response_ms, (spent) => spent < MOST_RESPONSE_MS)}
      />
      <KpiCard
        label="Commit to first attempt"
        value={shown(figures, figures?.average_latency_ms)}
        format={sayMs}
        hint={`promised: below ${MOST_LATENCY_MS} ms`}
        tone={toneOf(figures?.average_latency_ms, (waited) => waited < MOST_LATENCY_MS)}
      />
      <KpiCard label="Still due" value={figures?.due} hint="tried again by their schedule" />
      <KpiCard
        label="Given up"
        value={figures?.dead}
        hint="wait for you"
        tone={(figures?.dead ?? 0) > 0 ? "bad" : "good"}
      />
    </div>
  );
}

/** Nothing sent counts as zero; undefined is not known yet. */
function shown(figures: WebhookFigures | undefined, value: number | null | undefined): number | undefined {
  return figures && Number(value ?? 0);
}

function toneOf(value: number | null | undefined, holds: (value: number) => boolean): "good" | "bad" {
  return value === null || value === undefined || holds(Number(value)) ? "good" : "bad";
}

function sayMs(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
