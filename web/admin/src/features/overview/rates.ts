/**
 * Turns totals that only grow into rates by the second, and keeps the newest for the curves. Pure.
 */
import type { Overview, Totals } from "../admin/answers";

/** Three minutes at one figure every two seconds. */
export const MOST_POINTS = 90;

export interface Point {
  /** In seconds since 1970, by the server's clock. */
  readonly at: number;
  readonly sockets: number;
  readonly channels: number;
  readonly lagBytes: number;
  /** By the second since the point before; null for the first one, and after a restart of the server. */
  readonly rates: Readonly<Record<keyof Totals, number>> | null;
}

export interface Watched {
  readonly overview: Overview;
  readonly points: readonly Point[];
}

/** Add what the server says now to what it said before. */
export function watch(before: Watched | undefined, overview: Overview): Watched {
  const goesOn = before?.overview.started_at === overview.started_at;
  const kept = goesOn ? before.points.slice(1 - MOST_POINTS) : [];
  const point: Point = {
    at: overview.now,
    sockets: overview.sockets,
    channels: overview.channels,
    lagBytes: overview.log.lag_bytes ?? 0,
    rates: goesOn ? ratesBetween(before.overview, overview) : null,
  };
  return { overview, points: [...kept, point] };
}

function ratesBetween(before: Overview, after: Overview): Record<keyof Totals, number> | null {
  const seconds = after.now - before.now;
  if (seconds <= 0) return null;
  const names = Object.keys(after.totals) as (keyof Totals)[];
  const rate = (name: keyof Totals): number => Math.max(0, after.totals[name] - before.totals[name]) / seconds;
  return Object.fromEntries(names.map((name) => [name, rate(name)])) as Record<keyof Totals, number>;
}
