/**
 * Opening hours as a form has them: `09:00` to `18:00`, where closing at `00:00` is the midnight after. Pure.
 */
import type { OpeningHoursRow } from "../../rows";

export interface Range {
  readonly key: string;
  /** From 1, Monday. */
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

export function rangesOf(rows: readonly OpeningHoursRow[]): readonly Range[] {
  return rows
    .map(({ id, weekday, opens, closes }) => ({
      key: id,
      weekday,
      opens: opens.slice(0, 5),
      closes: closes.startsWith("24") ? "00:00" : closes.slice(0, 5),
    }))
    .toSorted((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens));
}

/** Return the columns of a range, or null where it closes before it opens. */
export function writable({
  weekday,
  opens,
  closes,
}: Range): Pick<OpeningHoursRow, "weekday" | "opens" | "closes"> | null {
  const end = closes === "00:00" ? "24:00" : closes;
  return opens !== "" && end > opens ? { weekday, opens, closes: end } : null;
}
