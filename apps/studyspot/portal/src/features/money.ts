/**
 * Write an amount as people of the reader's language do: `₹40`, `€4.50`. Free is said in a word.
 */
export function money(amount: number, currency: string, locale?: string): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    trailingZeroDisplay: "stripIfInteger",
  }).format(amount);
}

export function price(amount: number, currency: string): string {
  return amount === 0 ? "Free of charge" : money(amount, currency);
}
