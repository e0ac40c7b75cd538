import { describe, expect, it } from "vitest";
import { type CalendarEntry, hoursOf, toEvents, toMove } from "../src/ui/calendar/entries";

const ENTRY: CalendarEntry = {
  id: "b1",
  title: "Haircut",
  status: "confirmed",
  startsAt: "2026-07-15T09:00:00Z",
  endsAt: "2026-07-15T09:45:00Z",
  color: "teal",
  resourceId: "p1",
};

describe("a calendar's entries", () => {
  it("stand at the place's own time", () => {
    const [event] = toEvents([ENTRY], "Europe/Lisbon", new Map());
    expect(event).toMatchObject({
      start: "2026-07-15 10:00:00",
      end: "2026-07-15 10:45:00",
      title: "Haircut, confirmed",
      resourceId: "p1",
    });
  });

  it("stand where they are being moved to", () => {
    const move = toMove("b1", "2026-07-16 14:00:00", "2026-07-16 14:45:00", "Europe/Lisbon", "p2");
    expect(move.startsAt.toISOString()).toBe("2026-07-16T13:00:00.000Z");
    const [event] = toEvents([ENTRY], "Europe/Lisbon", new Map([["b1", move]]));
    expect(event).toMatchObject({ start: "2026-07-16 14:00:00", resourceId: "p2" });
  });

  it("move over a clock change by the clock on the wall", () => {
    const move = toMove("b1", "2026-10-26 10:00:00", "2026-10-26 11:00:00", "Europe/Lisbon");
    expect(move.startsAt.toISOString()).toBe("2026-10-26T10:00:00.000Z");
    expect(move).not.toHaveProperty("resourceId");
  });
});

describe("a calendar's hours", () => {
  const at = (startsAt: string, endsAt: string) => toEvents([{ ...ENTRY, startsAt, endsAt }], "UTC", new Map());

  it("are those of the place when everything lies within them", () => {
    expect(hoursOf(at("2026-07-15T09:00:00Z", "2026-07-15T10:00:00Z"), "08:00:00", "18:00:00")).toEqual([
      "08:00:00",
      "18:00:00",
    ]);
  });

  it("reach to the earliest and the latest entry, in whole hours", () => {
    expect(hoursOf(at("2026-07-15T06:45:00Z", "2026-07-15T19:15:00Z"), "08:00:00", "18:00:00")).toEqual([
      "06:00:00",
      "20:00:00",
    ]);
  });

  it("end with the day when an entry goes on after midnight", () => {
    expect(hoursOf(at("2026-07-15T22:00:00Z", "2026-07-16T01:00:00Z"), "08:00:00", "18:00:00")).toEqual([
      "08:00:00",
      "23:59:59",
    ]);
  });
});
