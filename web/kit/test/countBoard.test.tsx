// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { CountBoard } from "../src/ui";

afterEach(cleanup);

describe("a board of what is free", () => {
  it("says how many in all and in each part, and in a word where there is none", () => {
    const parts = [
      { id: "hall", name: "Hall", more: "Ground floor", free: 3, total: 8 },
      { id: "loft", name: "Loft", free: 0, total: 2 },
    ];
    const sayFree = (count: number): string => (count === 1 ? "table is free" : "tables are free");
    const { getByRole, getAllByRole } = render(
      <CountBoard label="Free tables" free={3} sayFree={sayFree} parts={parts} />,
    );
    expect(getByRole("region", { name: "Free tables" }).textContent).toContain("3 tables are free");
    expect(getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      "HallGround floor3of 8",
      "Loftfullof 2",
    ]);
  });
});
