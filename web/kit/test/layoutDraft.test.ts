import { describe, expect, it } from "vitest";
import { added, changed, type DraftSeat, labelProblem, removed, toSave } from "../src/ui/plan/layoutDraft";

interface Table extends DraftSeat {
  readonly legs: number;
}

const table = (label: string): Table => ({ key: label, id: label, label, x: 0, y: 0, active: true, legs: 4 });
const SAVED = [table("A1"), table("A2")];
const FRESH = { legs: 3 };

describe("a plan that is changed", () => {
  it("names a new seat after the last, and saves only what is new or other", () => {
    const draft = added(changed(SAVED, "A2", { x: 80 }), "new", { x: 10, y: 20 }, FRESH);
    expect(toSave(draft, SAVED).map(({ label, x, legs }) => [label, x, legs])).toEqual([
      ["A2", 80, 4],
      ["A3", 10, 3],
    ]);
  });

  it("keeps a saved seat that is taken away, and drops one that was never saved", () => {
    const draft = removed(removed(added(SAVED, "new", { x: 1, y: 2 }, FRESH), "new"), "A1");
    expect(draft.map(({ label, active }) => [label, active])).toEqual([
      ["A1", false],
      ["A2", true],
    ]);
  });

  it("tells of labels that are missing or there twice", () => {
    expect(labelProblem(SAVED)).toBeNull();
    expect(labelProblem(changed(SAVED, "A1", { label: " " }))).toBe("Every seat needs a label.");
    expect(labelProblem(changed(SAVED, "A1", { label: "A2" }))).toBe("There are two seats A2.");
  });
});
