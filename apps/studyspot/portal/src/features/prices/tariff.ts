/**
 * What a library takes: amounts for an hour, a day, a month; a price for all of it, and one for each zone that has its own.
 * Pure.
 */
import type { Priced, Tariff } from "@millstream/kit/ui";
import type { PriceRow, ZoneRow } from "../../rows";
import { money } from "../money";

type Field = "hourly_price" | "day_price" | "month_price";

/** The key of the price that is not a zone's. */
export const WHOLE = "whole";

const NAMES = {
  hourly_price: { label: "An hour", per: "an hour" },
  day_price: { label: "A day, at most", per: "a day at most" },
  month_price: { label: "A month", per: "a month" },
} as const;

export function tariffIn(currency: string): Tariff<Field> {
  return { names: NAMES, currency, money };
}

/** The whole library first, then its zones in their order; passes of a month are for all of it. */
export function pricesOf(zones: readonly ZoneRow[], prices: readonly PriceRow[]): readonly Priced<Field>[] {
  const priceOf = (zone: string | null): PriceRow | null => prices.find(({ zone_id }) => zone_id === zone) ?? null;
  const whole = { id: WHOLE, name: "Whole library", price: priceOf(null), unpriced: "Free of charge" };
  return [
    whole,
    ...zones.map(({ id, name }): Priced<Field> => {
      const fields = ["hourly_price", "day_price"] as const;
      return { id, name, price: priceOf(id), unpriced: "As the whole library", fields };
    }),
  ];
}
