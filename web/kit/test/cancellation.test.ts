import { describe, expect, it } from "vitest";
import { sayTerms } from "../src/ui/booking";

const money = (amount: number, currency: string): string => `${amount} ${currency}`;
const terms = { refund: 40, fee: 0, currency: "EUR", free_until: "2026-03-01T09:00:00Z" };

describe("what cancelling costs", () => {
  it("is nothing in good time, with the end of that by the clocks of the place", () => {
    expect(sayTerms(terms, "Europe/Madrid", money)).toMatch(
      /^Cancelling is free now\. 40 EUR are paid back\. That holds until .*10:00/,
    );
  });

  it("is the fee later, and what is paid back", () => {
    expect(sayTerms({ ...terms, refund: 20, fee: "20.00" }, "Europe/Madrid", money)).toBe(
      "Cancelling now costs 20 EUR. 20 EUR are paid back.",
    );
  });

  it("has no end where there is none", () => {
    expect(sayTerms({ ...terms, refund: 0, free_until: null }, "UTC", money)).toBe("Cancelling is free now.");
  });
});
