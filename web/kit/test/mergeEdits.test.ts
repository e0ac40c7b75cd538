import { describe, expect, it } from "vitest";
import { mergeEdits } from "../src/ui/conflict/mergeEdits";

const ORIGINAL = { title: "Haircut", price: 30, tags: ["short"] };

describe("merging edits", () => {
  it("keeps both, when two changed different fields", () => {
    const merge = mergeEdits(ORIGINAL, { ...ORIGINAL, price: 35 }, { ...ORIGINAL, title: "Cut" });
    expect(merge).toEqual({ merged: { title: "Cut", price: 35, tags: ["short"] }, conflicts: [] });
  });

  it("asks about a field that both changed", () => {
    const merge = mergeEdits(ORIGINAL, { ...ORIGINAL, price: 35 }, { ...ORIGINAL, price: 40, title: "Cut" });
    expect(merge.conflicts).toEqual([{ field: "price", original: 30, actual: 35, yours: 40 }]);
    expect(merge.merged).toEqual({ title: "Cut", price: 35, tags: ["short"] });
  });

  it("asks nothing where both wanted the same", () => {
    const same = { ...ORIGINAL, tags: ["long"] };
    expect(mergeEdits(ORIGINAL, same, { ...same, tags: ["long"] }).conflicts).toEqual([]);
  });

  it("takes another's change where the reader changed nothing", () => {
    expect(mergeEdits(ORIGINAL, { ...ORIGINAL, tags: [] }, ORIGINAL).merged.tags).toEqual([]);
  });
});
