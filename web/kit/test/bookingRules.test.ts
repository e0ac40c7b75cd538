import { describe, expect, it } from "vitest";
import { bookingRuleChecks } from "../src/ui";

const RULES = {
  hold_minutes: 10,
  slot_minutes: 30,
  min_minutes: 30,
  max_minutes: 480,
  daily_minutes: 480,
  horizon_days: 14,
  check_in_early_minutes: 15,
  grace_minutes: 20,
};

function wrongOf(changed: Partial<Record<keyof typeof RULES, number | string>>): readonly string[] {
  const rules = { ...RULES, ...changed };
  const names = Object.keys(RULES) as (keyof typeof RULES)[];
  return names.flatMap((name) => bookingRuleChecks[name](rules[name], rules) ?? []);
}

describe("the rules of booking", () => {
  it("are fine within their limits", () => {
    expect(wrongOf({})).toEqual([]);
    expect(wrongOf({ horizon_days: 0, check_in_early_minutes: 0, max_minutes: 30 })).toEqual([]);
  });

  it("say which numbers they can have", () => {
    expect(wrongOf({ hold_minutes: 0 })).toEqual(["Type a number from 1 to 240."]);
    expect(wrongOf({ horizon_days: 366 })).toEqual(["Type a number from 0 to 365."]);
  });

  it("need each number", () => {
    expect(wrongOf({ slot_minutes: "", max_minutes: "" })).toHaveLength(2);
  });

  it("leave no longest that is shorter than the shortest", () => {
    expect(wrongOf({ min_minutes: 60, max_minutes: 45 })).toEqual(["The longest is not shorter than the shortest."]);
  });
});
