import { describe, expect, it } from "vitest";
import {
  addDays,
  dayIn,
  instantAt,
  mondayOf,
  sayAgo,
  sayDays,
  sayDuration,
  sayOwnTime,
  sayRange,
  sayZone,
  wallTime,
} from "../src/time";

describe("wall time", () => {
  it.each([
    ["2026-01-15T12:00:00Z", "Europe/Lisbon", "2026-01-15 12:00:00"],
    ["2026-07-15T12:00:00Z", "Europe/Lisbon", "2026-07-15 13:00:00"],
    ["2026-07-15T23:30:00Z", "Asia/Karachi", "2026-07-16 04:30:00"],
    ["2026-07-15T00:15:00Z", "Asia/Kathmandu", "2026-07-15 06:00:00"],
    ["2026-01-01T00:00:00Z", "America/New_York", "2025-12-31 19:00:00"],
  ])("of %s in %s is %s, and leads back", (instant, zone, wall) => {
    expect(wallTime(instant, zone)).toBe(wall);
    expect(instantAt(wall, zone).toISOString()).toBe(new Date(instant).toISOString());
  });

  it("that a clock change leaves out means the time after the gap", () => {
    expect(instantAt("2026-03-29 02:30:00", "Europe/Berlin").toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(wallTime("2026-03-29T01:30:00Z", "Europe/Berlin")).toBe("2026-03-29 03:30:00");
  });

  it("that comes twice means the first", () => {
    expect(instantAt("2026-10-25 02:30:00", "Europe/Berlin").toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });

  it("of a day alone is its midnight", () => {
    expect(instantAt("2026-07-16", "Asia/Karachi").toISOString()).toBe("2026-07-15T19:00:00.000Z");
  });
});

describe("days", () => {
  it("belong to the place, not to UTC", () => {
    expect(dayIn("2026-07-15T23:30:00Z", "Asia/Karachi")).toBe("2026-07-16");
  });

  it("are counted over the end of a month", () => {
    expect(addDays("2026-02-27", 3)).toBe("2026-03-02");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });

  it.each([
    ["2026-11-16", "2026-11-16"],
    ["2026-11-21", "2026-11-16"],
    ["2026-11-22", "2026-11-16"],
  ])("%s belongs to the week of %s", (day, monday) => {
    expect(mondayOf(day)).toBe(monday);
  });
});

describe("what is said of times", () => {
  it("names days of a calendar once, and their year where it is another", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    expect(sayDays("2026-12-24", "2026-12-24", now)).not.toMatch(/–|2026/);
    expect(sayDays("2026-12-24", "2026-12-26", now)).toMatch(/24.*–.*26/);
    expect(sayDays("2026-12-31", "2027-01-01", now)).toMatch(/31.*–.*2027/);
  });

  it("names the zone by its place and offset", () => {
    expect(sayZone("America/New_York", "2026-01-15T00:00:00Z")).toBe("New York time (GMT-5)");
  });

  it("gives the day of the end only when it is another", () => {
    const oneDay = sayRange("2026-07-15T09:00:00Z", "2026-07-15T10:00:00Z", "UTC");
    const twoDays = sayRange("2026-07-15T23:00:00Z", "2026-07-16T01:00:00Z", "UTC");
    expect(oneDay.match(/July/g)).toHaveLength(1);
    expect(twoDays.match(/July/g)).toHaveLength(2);
  });

  it("gives the reader's own time only where it differs", () => {
    expect(sayOwnTime("2026-07-15T09:00:00Z", "Europe/Lisbon", "Europe/London")).toBeNull();
    expect(sayOwnTime("2026-07-15T09:00:00Z", "Europe/Lisbon", "Asia/Karachi")).toContain("your time");
  });

  it.each([
    [5_000, "now"],
    [-45_000, "45 seconds ago"],
    [-300_000, "5 minutes ago"],
    [7_200_000, "in 2 hours"],
    [-86_400_000, "yesterday"],
  ])("a moment %i ms away is %s", (away, said) => {
    const now = Date.parse("2026-07-15T09:00:00Z");
    expect(sayAgo(new Date(now + away), now)).toBe(said);
  });

  it("of a length is said in hours where there are many minutes", () => {
    expect([45, 120, 90].map(sayDuration)).toEqual(["45 min", "2 h", "1 h 30 min"]);
  });
});
