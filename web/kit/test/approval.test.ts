import { describe, expect, it } from "vitest";
import { type ApprovedPlace, waitingFirst } from "../src/ui";

describe("places that administrators approve", () => {
  it("begin with those that wait for a decision; what was removed is not among them", () => {
    const place = (name: string, status: string, deleted_at: string | null = null): ApprovedPlace => ({
      id: name,
      name,
      status,
      deleted_at,
    });
    const all = [place("B", "approved"), place("C", "pending"), place("A", "approved"), place("D", "pending", "x")];
    expect(waitingFirst(all).map(({ name }) => name)).toEqual(["C", "A", "B"]);
  });
});
