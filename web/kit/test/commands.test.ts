// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { fits } from "../src/shell/CommandPalette";

const COMMAND = {
  id: "new",
  label: "New booking",
  description: "by phone",
  keywords: ["appointment"],
  run: () => undefined,
};

describe("a command", () => {
  it.each(["", "new", "boo", "BOOK new", "appo", "phone"])("is found by %j", (typed) => {
    expect(fits(COMMAND, typed)).toBe(true);
  });

  it.each(["ooking", "new client"])("is not found by %j", (typed) => {
    expect(fits(COMMAND, typed)).toBe(false);
  });
});
