/**
 * What a library and its zones cost, each to be changed; students see a change at once.
 */
import { Button } from "@mantine/core";
import { FlashNumber, Loaded, Panel } from "@millstream/kit/ui";
import { useState } from "react";
import type { LibraryRow } from "../../rows";
import { money } from "../money";
import styles from "../owner/OwnerPage.module.css";
import { PriceDialog } from "./PriceDialog";
import { usePrices, type ZonePrice } from "./usePrices";

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function Prices({ library, mayChange }: Props) {
  const { prices, error, reload } = usePrices(library);
  const [changing, setChanging] = useState<string | null>(null);
  const changed = prices?.find((one) => keyOf(one) === changing);
  return (
    <Panel title="Prices now" lead="What was booked keeps its price; what is booked from now on has the new one.">
      <Loaded what="prices" value={prices} error={error} reload={reload} height={64}>
        {(known) => (
          <ul className={styles.list}>
            {known.map((one) => (
              <PriceLine
                key={keyOf(one)}
                price={one}
                currency={library.currency}
                {...(mayChange && { onChange: () => setChanging(keyOf(one)) })}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {changed && <PriceDialog key={keyOf(changed)} library={library} of={changed} onClose={() => setChanging(null)} />}
    </Panel>
  );
}

function keyOf({ zone }: ZonePrice): string {
  return zone?.id ?? "library";
}

interface LineProps {
  readonly price: ZonePrice;
  readonly currency: string;
  readonly onChange?: () => void;
}

function PriceLine({ price: { zone, price }, currency, onChange }: LineProps) {
  const name = zone?.name ?? "Whole library";
  const amount = (value: number): string => money(value, currency);
  return (
    <li>
      <div className={styles.grow}>
        <strong>{name}</strong>
        <p className={styles.soft}>
          {price ? (
            <>
              <FlashNumber value={price.hourly_price} format={amount} /> an hour
              {price.day_price !== null && ` · ${amount(price.day_price)} a day at most`}
              {price.month_price !== null && ` · ${amount(price.month_price)} a month`}
            </>
          ) : zone ? (
            "As the whole library"
          ) : (
            "Free of charge"
          )}
        </p>
      </div>
      {onChange && (
        <Button variant="default" aria-label={`Change the price of: ${name}`} onClick={onChange}>
          Change
        </Button>
      )}
    </li>
  );
}
