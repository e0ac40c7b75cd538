/**
 * What a place may ask of bookings: the numbers of the kit's `kit.booking_rules`, checked before they are sent. Pure.
 */
import { numberBetween } from "../numberBetween";

const DAY = 1_440;

type Rule =
  | "hold_minutes"
  | "slot_minutes"
  | "min_minutes"
  | "max_minutes"
  | "daily_minutes"
  | "horizon_days"
  | "check_in_early_minutes"
  | "grace_minutes";
/** As the fields of a form have them: an empty one is none. */
type Check = (value: number | string, rules: Readonly<Record<Rule, number | string>>) => string | null;

/** Say for each rule what is wrong with a number, or null: for the `validate` of a form. */
export const bookingRuleChecks: Readonly<Record<Rule, Check>> = {
  hold_minutes: numberBetween(1, 240),
  slot_minutes: numberBetween(5, 240),
  min_minutes: numberBetween(5, DAY),
  max_minutes: (value, rules) =>
    numberBetween(5, DAY)(value) ??
    (value < rules.min_minutes ? "The longest is not shorter than the shortest." : null),
  daily_minutes: numberBetween(5, DAY),
  horizon_days: numberBetween(0, 365),
  check_in_early_minutes: numberBetween(0, 240),
  grace_minutes: numberBetween(1, 240),
};
