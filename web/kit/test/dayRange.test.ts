import { describe, expect, it } from "vitest";
import { sayDuration } from "../src/time";
import { bookableOf, clockOf, fitted, instantsOf, minutesOf, openingsOf } from "../src/ui/when/dayRange";

const KOLKATA = "Asia/Kolkata";
const RULES = { timezone: KOLKATA, slot_minutes: 30, min_minutes: 30, max_minutes: 240, horizon_days: 7 };
// Sunday closed; the other days 09:00 to 13:00 and 14:00 to 24:00; a holiday on Wednesday the 4th.
const SCHEDULE = {
  hours: [1, 2, 3, 4, 5, 6].flatMap((weekday) => [
    { weekday, opens: "14:00:00", closes: "24:00:00" },
    { weekday, opens: "09:00:00", closes: "13:00:00" },
  ]),
  closedDays: [{ first_day: "2026-03-04", last_day: "2026-03-04", reason: "Holi" }],
};
const NOON = Date.parse("2026-03-02T06:40:00Z"); // Monday, 12:10 in Kolkata

describe("a range of a day", () => {
  it("is within the hours of the day, none where it is closed", () => {
    expect(openingsOf("2026-03-02", SCHEDULE)).toEqual([
      { opens: 540, closes: 780 },
      { opens: 840, closes: 1440 },
    ]);
    expect(openingsOf("2026-03-01", SCHEDULE)).toEqual([]);
    expect(openingsOf("2026-03-04", SCHEDULE)).toEqual([]);
  });

  it("begins today with the step that runs", () => {
    expect(bookableOf("2026-03-02", RULES, SCHEDULE, NOON)[0]).toEqual({ opens: 720, closes: 780 });
    expect(bookableOf("2026-03-01", RULES, SCHEDULE, NOON)).toEqual([]);
  });

  it("is what was asked for where that can be had", () => {
    const asked = { day: "2026-03-03", start: 840, end: 960 };
    expect(fitted(asked, RULES, SCHEDULE, NOON)).toEqual(asked);
  });

  it("is the next that can be had otherwise, no longer than allowed", () => {
    expect(fitted({}, RULES, SCHEDULE, NOON)).toEqual({ day: "2026-03-02", start: 720, end: 780 });
    const onHoliday = { day: "2026-03-04", start: 600, end: 1200 };
    expect(fitted(onHoliday, RULES, SCHEDULE, NOON)).toEqual({ day: "2026-03-05", start: 600, end: 780 });
    const inTheBreak = { day: "2026-03-03", start: 790, end: 1400 };
    expect(fitted(inTheBreak, RULES, SCHEDULE, NOON)).toEqual({ day: "2026-03-03", start: 840, end: 1080 });
    expect(fitted({}, RULES, { hours: [], closedDays: [] }, NOON)).toBeNull();
  });

  it("is instants of the place, also until midnight", () => {
    const range = { day: "2026-03-02", start: 1380, end: 1440 };
    expect(instantsOf(range, KOLKATA)).toEqual({ from: "2026-03-02T17:30:00.000Z", until: "2026-03-02T18:30:00.000Z" });
    expect([minutesOf("14:30:00"), clockOf(870), sayDuration(150)]).toEqual([870, "14:30", "2 h 30 min"]);
  });
});
