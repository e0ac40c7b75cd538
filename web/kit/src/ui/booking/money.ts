/**
 * Writes amounts as people of the reader's language do. Pure.
 */
export type SayMoney = (amount: number, currency: string) => string;

/** Write `€45.00`. */
export function money(amount: number, currency: string, locale?: string): string {
  return formatOf(currency, locale).format(amount);
}

/** Write `₹40`, and `€4.50`: for prices that are whole as a rule. */
export function shortMoney(amount: number, currency: string, locale?: string): string {
  return formatOf(currency, locale, { trailingZeroDisplay: "stripIfInteger" }).format(amount);
}

/** Write an amount, or in words that there is none. */
export function price(amount: number, currency: string, say: SayMoney = money): string {
  return amount === 0 ? "Free of charge" : say(amount, currency);
}

function formatOf(currency: string, locale?: string, more?: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", ...more });
}
