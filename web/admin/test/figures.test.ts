import { describe, expect, it } from "vitest";
import type { Overview, Totals } from "../src/features/admin/answers";
import { MOST_POINTS, watch, type Watched } from "../src/features/overview/rates";
import { bytes, delay, duration, rate } from "../src/features/tables/words";

const TOTALS: Totals = {
  joins: 0,
  transactions: 0,
  changes: 0,
  changes_told: 0,
  data_requests: 0,
  errors: 0,
  messages_received: 0,
  messages_sent: 0,
};

function overview(now: number, changes: number, startedAt = 0): Overview {
  return {
    name: "notes",
    title: "Notes",
    version: "1",
    now,
    started_at: startedAt,
    status: "ready",
    problems: [],
    sockets: 3,
    max_sockets: 10,
    channels: 4,
    subscriptions: 2,
    presences: 1,
    totals: { ...TOTALS, changes },
    log: {
      state: "streaming",
      applied: "0/0",
      lag_bytes: 0,
      lag_seconds: 0,
      delay_seconds: 0,
      slot: null,
      history: null,
      recent: [],
    },
  };
}

function rates({ points }: Watched) {
  return points.map((point) => point.rates?.changes ?? null);
}

describe("the figures of a project", () => {
  it("have no rate before the second one, and then that of the time between", () => {
    const first = watch(undefined, overview(100, 50));
    expect(rates(watch(first, overview(102, 60)))).toEqual([null, 5]);
  });

  it("begin anew when the server was restarted, instead of falling", () => {
    const before = watch(watch(undefined, overview(100, 50)), overview(102, 60));
    expect(rates(watch(before, overview(104, 1, 103)))).toEqual([null]);
  });

  it("keep the newest points only", () => {
    let watched = watch(undefined, overview(0, 0));
    for (let second = 1; second < MOST_POINTS + 10; second++) watched = watch(watched, overview(second, second));
    expect(watched.points).toHaveLength(MOST_POINTS);
    expect(watched.points.at(-1)?.at).toBe(MOST_POINTS + 9);
  });

  it("do not divide by a clock that stands still", () => {
    const first = watch(undefined, overview(100, 50));
    expect(rates(watch(first, overview(100, 60)))).toEqual([null, null]);
  });
});

describe("numbers in words", () => {
  it("have the unit that fits", () => {
    expect([0, 512, 2048, 15 * 1024 * 1024, 3 * 1024 ** 4].map(bytes)).toEqual([
      "0 B",
      "512 B",
      "2.0 kB",
      "15 MB",
      "3.0 TB",
    ]);
    expect([4, 312, 7_500, 187_200].map(duration)).toEqual(["4 s", "5 min 12 s", "2 h 5 min", "2 d 4 h"]);
    expect([0.0042, 1.25, 75].map(delay)).toEqual(["4 ms", "1.3 s", "1 min 15 s"]);
    expect([0, 0.256, 9.96, 12345.6].map(rate)).toEqual(["0", "0.26", "10", "12,346"]);
  });
});
