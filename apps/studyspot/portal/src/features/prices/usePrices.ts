/**
 * What a library takes: a price for all of it, and one for each zone that has its own.
 */
import type { LibraryRow, PriceChangeRow, PriceRow, ZoneRow } from "../../rows";
import { usePlan } from "../plan/usePlan";
import { useLibraryRows } from "../useLibraryRows";

/** What one place of the library costs; null where it has no price of its own. */
export interface ZonePrice {
  /** Null is the whole library. */
  readonly zone: ZoneRow | null;
  readonly price: PriceRow | null;
}

export interface UsePrices {
  readonly prices: readonly ZonePrice[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function usePrices({ id }: LibraryRow): UsePrices {
  const plan = usePlan(id);
  const { rows, error, reload } = useLibraryRows("prices", id);
  return { prices: plan.zones && rows && pricesOf(plan.zones, rows), error: plan.error ?? error, reload };
}

/** The whole library first, then its zones in their order. Pure. */
export function pricesOf(zones: readonly ZoneRow[], prices: readonly PriceRow[]): readonly ZonePrice[] {
  const priceOf = (zone: string | null): PriceRow | null => prices.find(({ zone_id }) => zone_id === zone) ?? null;
  return [null, ...zones].map((zone) => ({ zone, price: priceOf(zone?.id ?? null) }));
}

export function usePriceChanges(library: string) {
  const { rows, error, reload } = useLibraryRows("price_changes", library);
  return { changes: rows?.toSorted(newestFirst), error, reload };
}

function newestFirst(a: PriceChangeRow, b: PriceChangeRow): number {
  return Date.parse(b.created_at) - Date.parse(a.created_at);
}
