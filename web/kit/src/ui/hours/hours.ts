/**
 * Hours of a week as a form has them: `09:00` to `18:00`, where closing at `00:00` is the midnight after. Pure.
 */
export interface HoursRange {
  readonly key: string;
  /** From 1, Monday. */
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

/** As a table has them: times of a day, up to `24:00`. */
export interface HoursRow {
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

export function rangesOf(rows: readonly (HoursRow & { readonly id: string })[]): readonly HoursRange[] {
  return rows
    .map(({ id, weekday, opens, closes }) => ({
      key: id,
      weekday,
      opens: opens.slice(0, 5),
      closes: closes.startsWith("24") ? "00:00" : closes.slice(0, 5),
    }))
    .toSorted((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens));
}

/** Return a range as a row, or null where it closes before it opens. */
export function rowOf({ weekday, opens, closes }: HoursRange): HoursRow | null {
  const end = closes === "00:00" ? "24:00" : closes;
  return opens !== "" && end > opens ? { weekday, opens, closes: end } : null;
}
