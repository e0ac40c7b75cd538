/**
 * What a library and its zones cost, each to be changed; students see a change at once.
 */
import { callOperation } from "@millstream/kit/client";
import { Loaded, Panel, PriceList } from "@millstream/kit/ui";
import type { LibraryRow, PriceRow } from "../../rows";
import { sayRefusal } from "../booking/refusals";
import { money } from "../money";
import { usePlan } from "../plan/usePlan";
import { useLibraryRows } from "../useLibraryRows";
import { pricesOf, tariffIn, WHOLE } from "./tariff";

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function Prices({ library: { id, currency }, mayChange }: Props) {
  const plan = usePlan(id);
  const { rows, error, reload } = useLibraryRows("prices", id);
  const prices = plan.zones && rows && pricesOf(plan.zones, rows);
  return (
    <Panel title="Prices now" lead="What was booked keeps its price; what is booked from now on has the new one.">
      <Loaded what="prices" value={prices} error={plan.error ?? error} reload={reload} height={64}>
        {(known) => (
          <PriceList
            prices={known}
            tariff={tariffIn(currency)}
            mayChange={mayChange}
            send={(client, priced, amounts, version) => {
              const zone_id = priced === WHOLE ? null : priced;
              return callOperation<PriceRow>(client, "set_price", { library_id: id, zone_id, ...amounts, version });
            }}
            sayDone={({ hourly_price }) => `Students see ${money(hourly_price ?? 0, currency)} an hour now.`}
            say={sayRefusal}
          />
        )}
      </Loaded>
    </Panel>
  );
}
