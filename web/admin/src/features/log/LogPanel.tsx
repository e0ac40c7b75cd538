/**
 * The slot and how far the log was read, with the curve of the last minutes.
 */
import type { Log, Slot } from "../admin/answers";
import { Curve, NOTICEABLE_BYTES } from "../overview/Curve";
import { bytes, count, delay } from "../tables/words";
import styles from "./LogPanel.module.css";

const STATES: Record<Log["state"], string> = {
  streaming: "The log is being read.",
  connecting: "The log is not being read; it is tried again and again.",
  waiting: "Another server reads the log of this project.",
  lost: "PostgreSQL has removed log that was not read yet.",
};

export function LogPanel({ log }: { readonly log: Log }) {
  const lags = log.recent.map(({ lag_bytes }) => lag_bytes);
  const kept = log.recent.map(({ retained_bytes }) => retained_bytes);
  const [newest, most] = [lags.at(-1) ?? 0, Math.max(0, ...lags)];
  return (
    <section aria-label="Log" className={styles.panel}>
      <p className={styles.state}>{STATES[log.state]}</p>
      <div className={styles.curves}>
        <figure>
          <figcaption>
            Not applied yet: {bytes(newest)}, at most {bytes(most)}
          </figcaption>
          <Curve
            values={lags}
            scale={NOTICEABLE_BYTES}
            height={90}
            label={`Bytes not applied yet: ${bytes(newest)} now, at most ${bytes(most)}`}
          />
        </figure>
        <figure>
          <figcaption>Kept by the slot: {bytes(kept.at(-1) ?? 0)}</figcaption>
          <Curve
            values={kept}
            scale={NOTICEABLE_BYTES}
            height={90}
            label={`Bytes kept by the slot: ${bytes(kept.at(-1) ?? 0)} now`}
          />
        </figure>
      </div>
      <dl className={styles.facts}>
        {factsOf(log).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="kit-numbers">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type Facts = readonly (readonly [string, string])[];

function factsOf({ applied, delay_seconds, slot, history }: Log): Facts {
  return [
    ["Applied up to", applied],
    ["Last change after", delay(delay_seconds)],
    ...(slot ? slotFacts(slot) : []),
    ["History reaches back to", history?.start ?? "none"],
    ["History holds", history ? `${count(history.held)} transactions, ${bytes(history.bytes)}` : "nothing"],
  ];
}

function slotFacts(slot: Slot): Facts {
  return [
    ["Slot", slot.name],
    ["State in PostgreSQL", slot.wal_status ?? "unknown"],
    ["Read by process", slot.reader_pid === null ? "nobody" : String(slot.reader_pid)],
    ["Confirmed up to", slot.confirmed_lsn ?? "none"],
    ["Keeps log from", slot.restart_lsn ?? "none"],
    ["May keep", slot.limit_bytes === null ? "any amount" : bytes(slot.limit_bytes)],
  ];
}
