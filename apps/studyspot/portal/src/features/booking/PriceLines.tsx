/**
 * A price line by line with its total.
 */
import type { Json } from "../../database.types";
import { money, price } from "../money";
import { quoteLines } from "./quoteLines";
import styles from "../seats/seats.module.css";

interface Props {
  readonly quote: Json;
  readonly total: number;
  readonly currency: string;
}

export function PriceLines({ quote, total, currency }: Props) {
  const lines = quoteLines(quote);
  return (
    <dl className={styles.lines} aria-label="Price">
      {lines.length > 1 &&
        lines.map(({ label, amount }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="kit-numbers">{money(amount, currency)}</dd>
          </div>
        ))}
      <div className={styles.total}>
        <dt>Total</dt>
        <dd className="kit-numbers">{price(total, currency)}</dd>
      </div>
    </dl>
  );
}
