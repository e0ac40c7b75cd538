/**
 * The lines and the total of a price that was agreed, as the quote of a claim holds them. Pure.
 */
export interface QuoteLine {
  readonly label: string;
  readonly amount: number;
}

/** Lines without a label or an amount are left out. */
export function quoteLines(quote: unknown): readonly QuoteLine[] {
  const lines: unknown = (quote as { lines?: unknown } | null)?.lines;
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: { label?: unknown; amount?: unknown }) => {
    const amount = Number(line.amount);
    return typeof line.label === "string" && Number.isFinite(amount) ? [{ label: line.label, amount }] : [];
  });
}

export function quoteTotal(quote: unknown): number {
  return Number((quote as { total?: unknown } | null)?.total);
}
