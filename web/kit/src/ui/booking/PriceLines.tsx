/**
 * A price line by line with its total; the lines of a quote that has only one say nothing more.
 */
import { money, price, type SayMoney } from "./money";
import styles from "./PriceLines.module.css";
import { quoteLines } from "./quoteLines";

interface Props {
  readonly quote: unknown;
  readonly total: number;
  readonly currency: string;
  readonly say?: SayMoney;
}

export function PriceLines({ quote, total, currency, say = money }: Props) {
  const lines = quoteLines(quote);
  return (
    <dl className={styles.lines} aria-label="Price">
      {lines.length > 1 &&
        lines.map(({ label, amount }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="kit-numbers">{say(amount, currency)}</dd>
          </div>
        ))}
      <div className={styles.total}>
        <dt>Total</dt>
        <dd className="kit-numbers">{price(total, currency, say)}</dd>
      </div>
    </dl>
  );
}
