/**
 * Prices and their changes in words. Pure.
 */
import { money } from "../money";

export const FIELDS = { hourly_price: "an hour", day_price: "a day at most", month_price: "a month" } as const;

export type PriceField = keyof typeof FIELDS;
export type PriceValues = Record<PriceField, number | null>;

/** Say what changed: `₹40 → ₹45 an hour`. What stayed is left out. */
export function sayChange(old: unknown, now: unknown, currency: string): string {
  const before = (old ?? {}) as Partial<PriceValues>;
  const after = (now ?? {}) as Partial<PriceValues>;
  const fields = (Object.keys(FIELDS) as PriceField[]).filter((field) => before[field] != after[field]);
  return fields.map((field) => `${step(before[field], after[field], currency)} ${FIELDS[field]}`).join(", ");
}

function step(before: number | null | undefined, after: number | null | undefined, currency: string): string {
  const to = after == null ? "none" : money(after, currency);
  return before == null ? to : `${money(before, currency)} → ${to}`;
}
