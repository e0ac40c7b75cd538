// @vitest-environment happy-dom
import { cleanup } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { entryTime, laterEnds } from "../src/ui";
import { sayWhen } from "../src/ui/booking/EntryPanel";

afterEach(cleanup);

const BOOKED = { start: "2026-03-02T04:30:00Z", end: "2026-03-02T06:30:00Z" };

describe("the time to check in", () => {
  const rules = { earlyMinutes: 15, graceMinutes: 20 };
  const timesOf = (madeAt: string, end = BOOKED.end): readonly string[] => {
    const { opens, closes } = entryTime({ ...BOOKED, end, madeAt }, rules);
    return [opens, closes].map((at) => new Date(at).toISOString().slice(11, 16));
  };

  it("begins early and ends with the grace, which counts from when it was booked", () => {
    expect(timesOf("2026-03-01T00:00:00Z")).toEqual(["04:15", "04:50"]);
    expect(timesOf("2026-03-02T05:00:00Z")).toEqual(["04:15", "05:20"]);
  });

  it("ends with the booking at the latest", () => {
    expect(timesOf("2026-03-01T00:00:00Z", "2026-03-02T04:45:00Z")).toEqual(["04:15", "04:45"]);
  });

  it("is said by the clock of the place", () => {
    const time = { opens: Date.parse("2026-03-02T04:15:00Z"), closes: Date.parse("2026-03-02T04:50:00Z") };
    expect(sayWhen(time, "Asia/Kolkata", time.opens - 600_000)).toMatch(/^From .*9:45.*, in 10 minutes$/);
    expect(sayWhen(time, "Asia/Kolkata", time.opens)).toMatch(/^Until .*10:20.*: after that/);
  });
});

describe("a later end", () => {
  const asked = { ...BOOKED, stepMinutes: 30, mostMinutes: 240, taken: [], closes: null };

  it("is each step that is allowed", () => {
    expect(laterEnds(asked)).toHaveLength(4);
    expect(laterEnds({ ...asked, mostMinutes: 6000 })).toHaveLength(8);
  });

  it("comes before the next booking, not before one that is over", () => {
    const taken = ["2026-03-02T07:30:00Z", "2026-03-02T04:00:00Z"];
    expect(laterEnds({ ...asked, taken })).toEqual(["2026-03-02T07:00:00.000Z", "2026-03-02T07:30:00.000Z"]);
    expect(laterEnds({ ...asked, taken: [BOOKED.end] })).toEqual([]);
  });

  it("is not after the place closes", () => {
    expect(laterEnds({ ...asked, closes: "2026-03-02T07:00:00Z" })).toHaveLength(1);
  });
});
