import { describe, expect, it } from "vitest";
import { daysOfSlots, partsOfDay } from "../src/ui/slots/slotDays";

const slot = (startsAt: string, who = "") => ({ startsAt, endsAt: startsAt, who });

describe("free slots", () => {
  it("belong to the days of the clock that is looked at", () => {
    const slots = [slot("2026-07-15T22:30:00Z"), slot("2026-07-15T08:00:00Z")];
    const there = daysOfSlots(slots, "Asia/Karachi", "2026-07-15", 2);
    expect(there.map(({ day, slots: free }) => `${day} ${free.length}`)).toEqual(["2026-07-15 1", "2026-07-16 1"]);
    const here = daysOfSlots(slots, "UTC", "2026-07-15", 2);
    expect(here[0]?.slots.map(({ startsAt }) => startsAt)).toEqual(["2026-07-15T08:00:00Z", "2026-07-15T22:30:00Z"]);
    expect(here[1]?.slots).toEqual([]);
  });

  it("that several offer stand there once, the first one's", () => {
    const slots = [slot("2026-07-15T08:00:00Z", "ada"), slot("2026-07-15T08:00:00+00:00", "grace")];
    expect(daysOfSlots(slots, "UTC", "2026-07-15", 1)[0]?.slots.map(({ who }) => who)).toEqual(["ada"]);
  });

  it("are told apart by the part of the day", () => {
    const slots = ["08:00", "11:45", "12:00", "17:00"].map((time) => slot(`2026-07-15T${time}:00Z`));
    const parts = [...partsOfDay(slots, "UTC")].map(([part, ofPart]) => `${part} ${ofPart.length}`);
    expect(parts).toEqual(["Morning 2", "Afternoon 1", "Evening 1"]);
  });
});
