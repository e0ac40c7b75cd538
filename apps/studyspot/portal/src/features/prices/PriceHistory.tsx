/**
 * What the prices of a library were, and when they changed.
 */
import { EmptyState, Loaded, Panel, Timeline, type TimelineEntry } from "@millstream/kit/ui";
import { IconCoin } from "@tabler/icons-react";
import type { LibraryRow, PriceChangeRow, ZoneRow } from "../../rows";
import { usePlan } from "../plan/usePlan";
import { sayChange } from "./sayings";
import { usePriceChanges } from "./usePrices";

export function PriceHistory({ library }: { readonly library: LibraryRow }) {
  const { changes, error, reload } = usePriceChanges(library.id);
  const { zones = [] } = usePlan(library.id);
  return (
    <Panel title="History" lead="Nothing here is ever changed or deleted.">
      <Loaded what="history" value={changes} error={error} reload={reload} empty={NONE}>
        {(known) => (
          <Timeline
            label="History of prices"
            entries={known.map((change) => entryOf(change, zones, library.currency))}
            zone={library.timezone}
            maxHeight={560}
          />
        )}
      </Loaded>
    </Panel>
  );
}

const NONE = <EmptyState title="No price was changed yet" />;

function entryOf(change: PriceChangeRow, zones: readonly ZoneRow[], currency: string): TimelineEntry {
  const { id, zone_id, created_at } = change;
  return {
    id,
    at: created_at,
    title: sayChange(change.old, change.new, currency),
    detail: zone_id === null ? "Whole library" : (zones.find((zone) => zone.id === zone_id)?.name ?? "A former zone"),
    icon: <IconCoin size={18} aria-hidden="true" />,
  };
}
