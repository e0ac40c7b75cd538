/**
 * Write an amount as people of the reader's language do: `$45.00`.
 */
export function money(amount: number, currency: string, locale?: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);
}
