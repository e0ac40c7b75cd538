/**
 * The figures of the last day, and which promise they break.
 */
import { ErrorState, LoadingState } from "@millstream/kit/ui";
import { count, delay } from "../tables/words";
import type { Measure, Statistics } from "./answers";
import { useWebhooks } from "./useWebhooks";
import styles from "./WebhooksPanel.module.css";

const NAMES: Record<Measure["name"], string> = {
  success_rate: "Delivered",
  average_response_ms: "Mean answer",
  average_latency_ms: "Commit to first attempt",
};

export function Measures() {
  const { data, error, refetch } = useWebhooks<Statistics>("statistics");
  if (!data) {
    return error ? (
      <ErrorState title="The figures could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the figures" count={1} height={64} />
    );
  }
  return (
    <section aria-label="Last 24 hours">
      <dl className={styles.measures}>
        <Fact name="Attempts in 24 hours" value={count(data.total_sent)} />
        {data.measures.map((measure) => (
          <Fact key={measure.name} name={NAMES[measure.name]} value={valueOf(measure)} broken={brokenBy(measure)} />
        ))}
        <Fact name="Still due" value={count(data.due)} />
        <Fact name="Given up" value={count(data.dead)} />
      </dl>
    </section>
  );
}

function Fact({ name, value, broken }: { readonly name: string; readonly value: string; readonly broken?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="kit-numbers">
        {value}
        {broken && <span className={styles.broken}> {broken}</span>}
      </dd>
    </div>
  );
}

function valueOf({ name, value }: Measure): string {
  if (value === null) return "–";
  return name === "success_rate" ? `${value.toFixed(1)} %` : delay(value / 1000);
}

function brokenBy({ name, limit, holds }: Measure): string {
  if (holds) return "";
  return name === "success_rate" ? `below ${limit} %` : `over ${delay(limit / 1000)}`;
}
