/**
 * What prices were, and when they changed: the rows of a log that the kit's SQL keeps of them.
 */
import { IconCoin } from "@tabler/icons-react";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { Timeline } from "../Timeline";
import { sayPriceChange, type Tariff } from "./tariff";

interface Change {
  readonly id: string;
  readonly created_at: string;
  readonly old: unknown;
  readonly new: unknown;
}

interface Props<Field extends string, Row extends Change> {
  readonly changes: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  /** What the price of a change is of. */
  readonly nameOf: (change: Row) => string;
  readonly tariff: Tariff<Field>;
  /** The zone that times are said in. */
  readonly zone: string;
}

export function PriceHistory<Field extends string, Row extends Change>(props: Props<Field, Row>) {
  const { changes, error, reload, nameOf, tariff, zone } = props;
  const entryOf = (change: Row) => ({
    id: change.id,
    at: change.created_at,
    title: sayPriceChange(change.old, change.new, tariff),
    detail: nameOf(change),
    icon: <IconCoin size={18} aria-hidden="true" />,
  });
  return (
    <Panel title="History" lead="Nothing here is ever changed or deleted.">
      <Loaded what="history" value={changes} error={error} reload={reload} empty={NONE}>
        {(known) => <Timeline label="History of prices" entries={known.map(entryOf)} zone={zone} maxHeight={560} />}
      </Loaded>
    </Panel>
  );
}

const NONE = <EmptyState title="No price was changed yet" />;
