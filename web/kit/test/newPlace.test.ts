import { describe, expect, it } from "vitest";
import { currencies, slugOf } from "../src/ui/places/newPlace";

describe("a new place", () => {
  it("has an address that can be read, spoken and typed", () => {
    expect(slugOf("Café  Noor & Söhne", "Lahore")).toBe("cafe-noor-sohne-lahore");
    expect(slugOf("a".repeat(79), "b")).toBe("a".repeat(79));
    expect(slugOf("图书馆")).toMatch(/^place-[0-9a-f]{8}$/);
  });

  it("has a currency that browsers know", () => {
    expect(currencies().map(({ value }) => value)).toEqual(expect.arrayContaining(["EUR", "INR"]));
  });
});
