import { describe, expect, it } from "vitest";
import { currencies, slugOf, zonesWith } from "../src/ui/places/newPlace";

describe("a new place", () => {
  it("has an address that can be read, spoken and typed", () => {
    expect(slugOf("Café  Noor & Söhne", "Lahore")).toBe("cafe-noor-sohne-lahore");
    expect(slugOf("a".repeat(79), "b")).toBe("a".repeat(79));
    expect(slugOf("图书馆")).toMatch(/^place-[0-9a-f]{8}$/);
  });

  it("is in a time zone and a currency that browsers know", () => {
    expect(zonesWith("Etc/Nowhere")).toEqual(expect.arrayContaining(["Etc/Nowhere", "Europe/Berlin"]));
    expect(currencies().map(({ value }) => value)).toEqual(expect.arrayContaining(["EUR", "INR"]));
  });
});
