import { describe, expect, it } from "vitest";
import { isZoneNamed, zonesWith } from "../src/time";

const zones = zonesWith("Etc/Nowhere");
const found = (typed: string) => zones.filter((zone) => isZoneNamed(zone, typed));

describe("time zones", () => {
  it("are those that the browser knows and the given one, each once", () => {
    expect(zones).toEqual(expect.arrayContaining(["Etc/Nowhere", "Europe/Berlin", "Asia/Kolkata"]));
    expect(zonesWith("Asia/Calcutta").filter((zone) => /Calcutta|Kolkata/.test(zone))).toEqual(["Asia/Kolkata"]);
  });

  it.each([
    ["kolkata", "Asia/Kolkata"],
    ["Calcutta", "Asia/Kolkata"],
    ["Kyiv", "Europe/Kyiv"],
    ["kiev ", "Europe/Kyiv"],
    ["Katmandu", "Asia/Kathmandu"],
    ["new york", "America/New_York"],
    ["New_York", "America/New_York"],
  ])("are found by %s as %s", (typed, zone) => {
    expect(found(typed)).toEqual([zone]);
  });

  it("have names that every browser and database understands", () => {
    for (const zone of zonesWith("UTC")) {
      expect(() => new Intl.DateTimeFormat("en", { timeZone: zone })).not.toThrow();
    }
  });
});
