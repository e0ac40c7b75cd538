import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JOIN_PATIENCE_MS, LiveRows } from "../src/live";
import { at, ManualFeed, ManualFetch, MemoryRows } from "../src/testing";

interface Ticket {
  readonly id: string;
  readonly left: number;
  readonly name?: string;
}

function liveTickets() {
  const feed = new ManualFeed<Ticket>();
  const fetches = new ManualFetch<Ticket>();
  const rows = new MemoryRows<Ticket>();
  const live = new LiveRows<Ticket>({ open: feed.open, fetch: fetches.fetch, keyOf: ({ id }) => String(id) }, rows);
  return { feed, fetches, rows, live };
}

async function joinedTickets(first: readonly Ticket[] = [{ id: "a", left: 10 }]) {
  const all = liveTickets();
  all.live.start();
  all.feed.join();
  await all.fetches.answer(first, at("0/100"));
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the beginning", () => {
  it("waits until changes flow before it fetches", () => {
    const { feed, fetches, live } = liveTickets();
    live.start();
    expect(fetches.asked).toBe(0);
    feed.join();
    expect(fetches.asked).toBe(1);
  });

  it("is live and not stale once it is joined and fetched", async () => {
    const { live, rows } = await joinedTickets();
    expect(rows.read()).toEqual([{ id: "a", left: 10 }]);
    expect(live.state.get()).toMatchObject({ isLive: true, stale: false, error: null });
  });

  it("fetches without a channel when none is joined for a while, and says that the rows may be stale", async () => {
    const { fetches, live, rows } = liveTickets();
    live.start();
    vi.advanceTimersByTime(JOIN_PATIENCE_MS);
    await fetches.answer([{ id: "a", left: 3 }]);
    expect(rows.read()).toEqual([{ id: "a", left: 3 }]);
    expect(live.state.get()).toMatchObject({ isLive: false, stale: true });
  });

  it("starts once, however often it is told to", () => {
    const { feed, live } = liveTickets();
    live.start();
    live.start();
    expect(feed.opened).toBe(1);
  });
});

describe("changes", () => {
  it("update, add and remove rows by key", async () => {
    const { feed, rows } = await joinedTickets();
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("0/101") });
    feed.send({ event: "INSERT", row: { id: "b", left: 5 }, position: at("0/102") });
    feed.send({ event: "DELETE", before: { id: "a" }, position: at("0/103") });
    expect(rows.read()).toEqual([{ id: "b", left: 5 }]);
  });

  it("keep the columns that they do not carry", async () => {
    const { feed, rows } = await joinedTickets([{ id: "a", left: 10, name: "Gala" }]);
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 } });
    expect(rows.read()).toEqual([{ id: "a", left: 9, name: "Gala" }]);
  });

  it("that arrive during the fetch are applied after it", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    feed.send({ event: "UPDATE", row: { id: "a", left: 8 }, position: at("0/105") });
    await fetches.answer([{ id: "a", left: 9 }], at("0/104"));
    expect(rows.read()).toEqual([{ id: "a", left: 8 }]);
  });

  it("that the snapshot already holds are not applied again", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    feed.send({ event: "UPDATE", row: { id: "a", left: 8 }, position: at("0/103") });
    await fetches.answer([{ id: "a", left: 7 }], at("0/104"));
    expect(rows.read()).toEqual([{ id: "a", left: 7 }]);
  });

  it("without a position are all applied, in the order in which they came", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    feed.send({ event: "UPDATE", row: { id: "a", left: 8 } });
    feed.send({ event: "UPDATE", row: { id: "a", left: 6 } });
    await fetches.answer([{ id: "a", left: 7 }]);
    expect(rows.read()).toEqual([{ id: "a", left: 6 }]);
  });

  it("that the server repeats are dropped by their position", async () => {
    const { feed, rows } = await joinedTickets();
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("0/105", 0) });
    feed.send({ event: "UPDATE", row: { id: "a", left: 8 }, position: at("0/105", 1) });
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("0/105", 0) });
    expect(rows.read()).toEqual([{ id: "a", left: 8 }]);
  });

  it("are reported after they were applied, but a snapshot is not", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    const heard: (number | undefined)[] = [];
    live.onChange(() => heard.push(rows.read()?.[0]?.left));
    live.start();
    feed.join();
    await fetches.answer([{ id: "a", left: 10 }]);
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 } });
    expect(heard).toEqual([9]);
  });

  it("write nothing when nothing changes", async () => {
    const { feed, rows } = await joinedTickets();
    const writes = rows.writes;
    feed.send({ event: "DELETE", before: { id: "unknown" } });
    expect(rows.writes).toBe(writes);
  });
});

describe("a lost connection", () => {
  it("keeps the rows and says that they are stale, and as of when", async () => {
    vi.setSystemTime(new Date("2026-03-01T12:00:00Z"));
    const { feed, live, rows } = await joinedTickets();
    vi.setSystemTime(new Date("2026-03-01T12:04:31Z"));
    feed.interrupt();
    expect(rows.read()).toEqual([{ id: "a", left: 10 }]);
    expect(live.state.get()).toMatchObject({ isLive: false, stale: true, asOf: new Date("2026-03-01T12:04:31Z") });
  });

  it("is followed by a new fetch at the next join, and stale until that is answered", async () => {
    const { feed, fetches, live, rows } = await joinedTickets();
    feed.interrupt();
    feed.join();
    expect(live.state.get()).toMatchObject({ isLive: true, stale: true });
    await fetches.answer([{ id: "a", left: 2 }], at("0/200"));
    expect(rows.read()).toEqual([{ id: "a", left: 2 }]);
    expect(live.state.get()).toMatchObject({ isLive: true, stale: false });
  });

  it("during a fetch makes that fetch's answer worthless once the channel is joined again", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    feed.interrupt();
    feed.join();
    await fetches.answer([{ id: "a", left: 99 }]);
    expect(rows.read()).toBeUndefined();
    await fetches.answer([{ id: "a", left: 1 }]);
    expect(rows.read()).toEqual([{ id: "a", left: 1 }]);
  });

  it("is followed by what was missed where the server still knows it, and stale until that was told", async () => {
    const { feed, fetches, live, rows } = await joinedTickets();
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("0/105") });
    feed.interrupt();
    expect(feed.mayResume).toBe(true);
    feed.join("resumed");
    expect(live.state.get()).toMatchObject({ isLive: true, stale: true });
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("0/105") });
    feed.send({ event: "INSERT", row: { id: "b", left: 4 }, position: at("0/106") });
    feed.catchUp();
    expect(live.state.get()).toMatchObject({ isLive: true, stale: false });
    expect(rows.read()).toEqual([
      { id: "a", left: 9 },
      { id: "b", left: 4 },
    ]);
    expect(fetches.asked).toBe(1);
  });

  it("is followed by a new fetch where the server says reload", async () => {
    const { feed, fetches, live, rows } = await joinedTickets();
    feed.interrupt();
    feed.join("reload");
    expect(live.state.get().stale).toBe(true);
    await fetches.answer([{ id: "c", left: 1 }], at("0/900"));
    expect(rows.read()).toEqual([{ id: "c", left: 1 }]);
    expect(live.state.get().stale).toBe(false);
  });

  it("does not resume before the first snapshot, for nothing was kept that could go on", () => {
    const { feed, live } = liveTickets();
    live.start();
    feed.join();
    feed.send({ event: "INSERT", row: { id: "a", left: 8 }, position: at("0/105") });
    expect(feed.mayResume).toBe(false);
    feed.interrupt();
    expect(feed.mayResume).toBe(false);
  });

  it("does not resume when changes were dropped with a failed fetch", async () => {
    const { feed, fetches, live } = await joinedTickets();
    live.reload();
    feed.send({ event: "INSERT", row: { id: "b", left: 8 }, position: at("0/105") });
    await fetches.fail(new Error("out of order"));
    expect(feed.mayResume).toBe(false);
    live.reload();
    await fetches.answer([{ id: "b", left: 8 }], at("0/105"));
    expect(feed.mayResume).toBe(true);
  });

  it("does not bring back what the snapshot already held", async () => {
    const { feed, rows } = await joinedTickets([{ id: "a", left: 7 }]);
    feed.send({ event: "UPDATE", row: { id: "a", left: 8 }, position: at("0/99") });
    expect(rows.read()).toEqual([{ id: "a", left: 7 }]);
  });

  it("ends with positions that begin anew, as after a restore from a backup", async () => {
    const { feed, fetches, rows } = await joinedTickets();
    feed.send({ event: "UPDATE", row: { id: "a", left: 9 }, position: at("5/0") });
    feed.interrupt();
    feed.join();
    await fetches.answer([{ id: "a", left: 50 }], at("0/10"));
    feed.send({ event: "UPDATE", row: { id: "a", left: 49 }, position: at("0/11") });
    expect(rows.read()).toEqual([{ id: "a", left: 49 }]);
  });
});

describe("a failed fetch", () => {
  it("is reported, and tried again later", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    await fetches.fail(new Error("out of order"));
    expect(live.state.get().error?.message).toBe("out of order");
    vi.advanceTimersByTime(1_000);
    await fetches.answer([{ id: "a", left: 4 }]);
    expect(live.state.get().error).toBeNull();
    expect(rows.read()).toEqual([{ id: "a", left: 4 }]);
  });

  it("can be tried again at once", async () => {
    const { feed, fetches, live } = liveTickets();
    live.start();
    feed.join();
    await fetches.fail(new Error("out of order"));
    live.reload();
    expect(fetches.asked).toBe(2);
  });
});

describe("the end", () => {
  it("leaves the channel and writes nothing any more", async () => {
    const { feed, fetches, live, rows } = liveTickets();
    live.start();
    feed.join();
    live.stop();
    await fetches.answer([{ id: "a", left: 4 }]);
    vi.advanceTimersByTime(60_000);
    expect(feed.isOpen).toBe(false);
    expect(rows.writes).toBe(0);
    expect(fetches.asked).toBe(1);
  });

  it("can be followed by a new start", () => {
    const { feed, live } = liveTickets();
    live.start();
    live.stop();
    live.start();
    expect(feed.opened).toBe(2);
  });
});
