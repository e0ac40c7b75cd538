/**
 * What a library costs, live: a price that has just changed says so.
 */
import { FlashNumber, Panel, Updated } from "@millstream/kit/ui";
import type { LibraryRow, PriceRow, ZoneRow } from "../../rows";
import { money } from "../money";
import styles from "./panels.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly zones: readonly ZoneRow[];
  readonly prices: readonly PriceRow[];
  readonly isNews: boolean;
}

export function Prices({ library, zones, prices, isNews }: Props) {
  const say = (amount: number): string => money(amount, library.currency);
  const shown = zones.flatMap((zone) => {
    const price = priceOf(zone.id, prices);
    return price ? [{ zone, price }] : [];
  });
  if (shown.length === 0) return null;
  return (
    <Panel title="Prices" lead="For an hour" {...(isNews && { action: <Updated /> })}>
      <dl className={styles.rows}>
        {shown.map(({ zone, price: { hourly_price, day_price } }) => (
          <div key={zone.id}>
            <dt>{zone.name}</dt>
            <dd>
              <FlashNumber value={hourly_price} format={say} />
              {day_price !== null && <>, at most {say(day_price)} a day</>}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Return the price of a zone: its own, else that of the whole library. Pure. */
export function priceOf(zone: string, prices: readonly PriceRow[]): PriceRow | undefined {
  return prices.find(({ zone_id }) => zone_id === zone) ?? prices.find(({ zone_id }) => zone_id === null);
}
