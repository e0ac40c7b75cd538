/**
 * The four figures that say at a glance how a project fares, each with its last three minutes.
 */
import { bytes, count, delay, rate } from "../tables/words";
import { Curve, NOTICEABLE_BYTES } from "./Curve";
import styles from "./OverviewCards.module.css";
import type { Point, Watched } from "./rates";

interface Card {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly curve: readonly number[];
  readonly highest: string;
  readonly scale?: number;
}

export function OverviewCards({ watched }: { readonly watched: Watched }) {
  return (
    <ul className={styles.cards} aria-label="Overview">
      {cardsOf(watched).map(({ name, value, note, curve, highest, scale = 1 }) => (
        <li key={name} className={styles.card}>
          <h2>{name}</h2>
          <p className={styles.value}>
            <span className="kit-numbers">{value}</span>
          </p>
          <p className={styles.note}>{note}</p>
          <Curve
            values={curve}
            scale={scale}
            label={`${name}: ${value} now, at most ${highest} in the last three minutes`}
          />
        </li>
      ))}
    </ul>
  );
}

function cardsOf({ overview, points }: Watched): readonly Card[] {
  const last = points.at(-1)?.rates;
  const changes = points.map(({ rates }) => rates?.changes ?? 0);
  const lag = points.map(({ lagBytes }) => lagBytes);
  const { log, totals } = overview;
  return [
    {
      name: "Sockets",
      value: count(overview.sockets),
      note: `of at most ${count(overview.max_sockets)}`,
      curve: points.map(({ sockets }) => sockets),
      highest: highestOf(points, ({ sockets }) => sockets, count),
    },
    {
      name: "Channels",
      value: count(overview.channels),
      note: `${count(overview.subscriptions)} follow changes, ${count(overview.presences)} present`,
      curve: points.map(({ channels }) => channels),
      highest: highestOf(points, ({ channels }) => channels, count),
    },
    {
      name: "Changes per second",
      value: last ? rate(last.changes) : "–",
      note: `${count(totals.changes)} since the start, ${last ? rate(last.messages_sent) : "–"} messages per second`,
      curve: changes,
      highest: rate(Math.max(0, ...changes)),
    },
    {
      name: "Behind the log",
      value: log.lag_bytes === null ? "–" : log.lag_bytes === 0 ? "0 B" : bytes(log.lag_bytes),
      note: log.lag_seconds >= 1 ? `for ${delay(log.lag_seconds)}` : `last change after ${delay(log.delay_seconds)}`,
      curve: lag,
      highest: bytes(Math.max(0, ...lag)),
      scale: NOTICEABLE_BYTES,
    },
  ];
}

function highestOf(points: readonly Point[], of: (point: Point) => number, words: (value: number) => string): string {
  return words(Math.max(0, ...points.map(of)));
}
