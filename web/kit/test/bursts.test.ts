import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcer, Bursts } from "../src/live";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function bursts() {
  const said: string[] = [];
  const quiet = new Bursts<number>(
    (key, value) => said.push(`${key} ${value}`),
    (events) => said.push(`${events.size} more`),
  );
  return { said, quiet };
}

describe("bursts of events", () => {
  it("become one announcement a key, of the last value", () => {
    const { said, quiet } = bursts();
    quiet.add("gala", 9);
    quiet.add("gala", 8);
    quiet.add("gala", 7);
    vi.advanceTimersByTime(400);
    expect(said).toEqual(["gala 7"]);
  });

  it("of many keys become three announcements and a summary", () => {
    const { said, quiet } = bursts();
    for (const key of ["a", "b", "c", "d", "e"]) quiet.add(key, 1);
    vi.advanceTimersByTime(400);
    expect(said).toEqual(["a 1", "b 1", "c 1"]);
    vi.advanceTimersByTime(5_000);
    expect(said).toEqual(["a 1", "b 1", "c 1", "2 more"]);
  });

  it("are forgotten when nobody listens any more", () => {
    const { said, quiet } = bursts();
    quiet.add("gala", 9);
    quiet.clear();
    vi.runAllTimers();
    expect(said).toEqual([]);
  });
});

describe("the announcer", () => {
  it("says the first sentence at once and then at most the latest one in five seconds", () => {
    const announcer = new Announcer();
    announcer.say("one");
    expect(announcer.spoken.get()).toBe("one");
    announcer.say("two");
    announcer.say("three");
    vi.advanceTimersByTime(4_999);
    expect(announcer.spoken.get()).toBe("one");
    vi.advanceTimersByTime(1);
    expect(announcer.spoken.get()).toBe("three");
  });
});
