/**
 * What things cost now, each to be changed in a dialog; an amount that changes meanwhile flashes.
 */
import { Button } from "@mantine/core";
import { Fragment, useState } from "react";
import type { ProjectClient, RequestFailed } from "../../client";
import { FlashNumber } from "../FlashNumber";
import { Item, ItemList } from "../ItemList";
import { PriceDialog } from "./PriceDialog";
import { type Amounts, fieldsOf, type Priced, type Tariff } from "./tariff";

export interface PriceListProps<Field extends string> {
  readonly prices: readonly Priced<Field>[];
  readonly tariff: Tariff<Field>;
  readonly mayChange: boolean;
  /** Set a price, decided upon its version; null where there was none. */
  readonly send: (
    client: ProjectClient,
    id: string,
    amounts: Amounts<Field>,
    version: number | null,
  ) => Promise<Amounts<Field>>;
  /** Said when it is set. */
  readonly sayDone: (amounts: Amounts<Field>) => string;
  readonly say: (refusal: RequestFailed) => string;
}

export function PriceList<Field extends string>({ prices, tariff, mayChange, ...setting }: PriceListProps<Field>) {
  const [changing, setChanging] = useState<string | null>(null);
  const changed = prices.find(({ id }) => id === changing);
  return (
    <>
      <ItemList>
        {prices.map((one) => (
          <PriceItem
            key={one.id}
            priced={one}
            tariff={tariff}
            {...(mayChange && { onChange: () => setChanging(one.id) })}
          />
        ))}
      </ItemList>
      {changed && (
        <PriceDialog key={changed.id} priced={changed} tariff={tariff} onClose={() => setChanging(null)} {...setting} />
      )}
    </>
  );
}

interface ItemProps<Field extends string> {
  readonly priced: Priced<Field>;
  readonly tariff: Tariff<Field>;
  readonly onChange?: () => void;
}

function PriceItem<Field extends string>({ priced, tariff, onChange }: ItemProps<Field>) {
  const { name, price, unpriced } = priced;
  const change = onChange && (
    <Button variant="default" aria-label={`Change the price of: ${name}`} onClick={onChange}>
      Change
    </Button>
  );
  return (
    <Item
      title={<strong>{name}</strong>}
      details={[price ? <AmountsNow amounts={price} tariff={tariff} /> : unpriced]}
      action={change}
    />
  );
}

interface AmountsProps<Field extends string> {
  readonly amounts: Amounts<Field>;
  readonly tariff: Tariff<Field>;
}

function AmountsNow<Field extends string>({ amounts, tariff: { names, money, currency } }: AmountsProps<Field>) {
  return fieldsOf(names)
    .filter((field) => amounts[field] !== null)
    .map((field, index) => (
      <Fragment key={field}>
        {index > 0 && " · "}
        <FlashNumber value={amounts[field] ?? 0} format={(amount) => money(amount, currency)} /> {names[field].per}
      </Fragment>
    ));
}
