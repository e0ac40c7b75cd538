/**
 * The lines of the price that was agreed, as the quote of a booking holds them. Pure.
 */
import type { Json } from "../../database.types";

export interface QuoteLine {
  readonly label: string;
  readonly amount: number;
}

export function quoteLines(quote: Json): readonly QuoteLine[] {
  const lines: unknown = (quote as { lines?: unknown } | null)?.lines;
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: { label?: unknown; amount?: unknown }) => {
    const amount = Number(line.amount);
    return typeof line.label === "string" && Number.isFinite(amount) ? [{ label: line.label, amount }] : [];
  });
}
