/**
 * What a library costs, live: a price that has just changed says so.
 */
import { Facts, FlashNumber, Panel, Updated } from "@millstream/kit/ui";
import type { LibraryRow, PriceRow, ZoneRow } from "../../rows";
import { money } from "../money";

interface Props {
  readonly library: LibraryRow;
  readonly zones: readonly ZoneRow[];
  readonly prices: readonly PriceRow[];
  readonly isNews: boolean;
}

export function Prices({ library, zones, prices, isNews }: Props) {
  const say = (amount: number): string => money(amount, library.currency);
  const facts = zones.flatMap(({ id, name }) => {
    const price = priceOf(id, prices);
    if (!price) return [];
    const atMost = price.day_price === null ? "" : `, at most ${say(price.day_price)} a day`;
    const value = (
      <>
        <FlashNumber value={price.hourly_price} format={say} />
        {atMost}
      </>
    );
    return [{ name, value }];
  });
  if (facts.length === 0) return null;
  return (
    <Panel title="Prices" lead="For an hour" {...(isNews && { action: <Updated /> })}>
      <Facts facts={facts} apart />
    </Panel>
  );
}

/** Return the price of a zone: its own, else that of the whole library. Pure. */
export function priceOf(zone: string, prices: readonly PriceRow[]): PriceRow | undefined {
  return prices.find(({ zone_id }) => zone_id === zone) ?? prices.find(({ zone_id }) => zone_id === null);
}
