/**
 * What the prices of a library were, and when they changed.
 */
import { PriceHistory } from "@millstream/kit/ui";
import type { LibraryRow, PriceChangeRow } from "../../rows";
import { usePlan } from "../plan/usePlan";
import { useLibraryRows } from "../useLibraryRows";
import { tariffIn } from "./tariff";

export function LibraryPriceHistory({ library: { id, currency, timezone } }: { readonly library: LibraryRow }) {
  const { rows, error, reload } = useLibraryRows("price_changes", id);
  const { zones = [] } = usePlan(id);
  const nameOf = ({ zone_id }: PriceChangeRow): string =>
    zone_id === null ? "Whole library" : (zones.find((zone) => zone.id === zone_id)?.name ?? "A former zone");
  return (
    <PriceHistory
      changes={rows}
      error={error}
      reload={reload}
      nameOf={nameOf}
      tariff={tariffIn(currency)}
      zone={timezone}
    />
  );
}
