// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Facts, money, price, PriceLines, quoteLines, shortMoney } from "../src/ui";

afterEach(cleanup);

describe("an amount", () => {
  it("has its minor units, or only where there are some", () => {
    expect([money(45, "EUR", "en"), shortMoney(45, "EUR", "en"), shortMoney(4.5, "EUR", "en")]).toEqual([
      "€45.00",
      "€45",
      "€4.50",
    ]);
  });

  it("of nothing is said in words", () => {
    expect(price(0, "EUR")).toBe("Free of charge");
    expect(price(3, "EUR", (amount) => `${amount} euros`)).toBe("3 euros");
  });
});

describe("the lines of a quote", () => {
  it("are those with a label and an amount", () => {
    const lines = [{ label: "Haircut", amount: "40.00" }, { label: "Odd", amount: "x" }, { amount: 3 }, null];
    expect(quoteLines({ lines: lines.slice(0, 3) })).toEqual([{ label: "Haircut", amount: 40 }]);
    expect([quoteLines(null), quoteLines({ lines: "none" })]).toEqual([[], []]);
  });

  it("are shown where there are several, the total always", () => {
    const lines = [
      { label: "2 h", amount: 80 },
      { label: "Evening", amount: -10 },
    ];
    const { rerender } = render(<PriceLines quote={{ lines }} total={70} currency="EUR" />);
    expect(screen.getAllByRole("term").map(({ textContent }) => textContent)).toEqual(["2 h", "Evening", "Total"]);
    rerender(<PriceLines quote={{ lines: lines.slice(0, 1) }} total={80} currency="EUR" />);
    expect(screen.getAllByRole("term").map(({ textContent }) => textContent)).toEqual(["Total"]);
  });
});

describe("facts", () => {
  it("are left out where there is nothing to say", () => {
    const facts = [
      { name: "Where", value: "A1", soft: "Hall" },
      { name: "Notes", value: "" },
      { name: "Refund", value: null },
      { name: "Visits", value: 0, soft: false },
    ];
    render(<Facts facts={facts} />);
    expect(screen.getAllByRole("definition").map(({ textContent }) => textContent)).toEqual(["A1Hall", "0"]);
  });
});
