import { describe, expect, it } from "vitest";
import { hoursOf } from "../src/ui/charts/HeatMap";
import { rangesOf, rowOf } from "../src/ui/hours/hours";
import { cleanCode } from "../src/ui/scan/cleanCode";

describe("hours of a week", () => {
  const range = { key: "1", weekday: 1, opens: "09:00", closes: "18:00" };

  it("come by day and time, with midnight as a form can say it", () => {
    const rows = [
      { id: "2", weekday: 2, opens: "00:00:00", closes: "24:00:00" },
      { id: "1", weekday: 1, opens: "14:00:00", closes: "18:00:00" },
      { id: "0", weekday: 1, opens: "09:00:00", closes: "12:00:00" },
    ];
    expect(rangesOf(rows).map(({ key, closes }) => [key, closes])).toEqual([
      ["0", "12:00"],
      ["1", "18:00"],
      ["2", "00:00"],
    ]);
  });

  it("are written back with midnight as the end of the day", () => {
    expect(rowOf({ ...range, closes: "00:00" })).toEqual({ weekday: 1, opens: "09:00", closes: "24:00" });
  });

  it("are wrong where a place closes before it opens", () => {
    expect(rowOf({ ...range, closes: "08:00" })).toBeNull();
    expect(rowOf({ ...range, opens: "" })).toBeNull();
  });
});

describe("a heat map", () => {
  it("has every hour from the first to the last with a figure", () => {
    const cell = (hour: number) => ({ weekday: 1, hour, percent: 5 });
    expect(hoursOf([cell(11), cell(8)])).toEqual([8, 9, 10, 11]);
    expect(hoursOf([])).toEqual([]);
  });
});

describe("a code that is scanned or typed", () => {
  it("is read from an address, too, without spaces and case", () => {
    expect(cleanCode(" abcd-1234 ")).toBe("ABCD1234");
    expect(cleanCode("https://example.org/entry/ABCD1234")).toBe("ABCD1234");
    expect(cleanCode("https://example.org/?code=abcd1234")).toBe("ABCD1234");
  });
});
