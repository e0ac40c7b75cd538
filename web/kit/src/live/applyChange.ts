/**
 * Applies one row change to a list of rows, by key. Pure: returns a new list, or the very same when nothing changed.
 */
import type { RowChange } from "../client";

export type KeyOf<Row> = (row: Partial<Row>) => string;

/** Columns that a change does not carry keep their value; a row that is not there yet is added at the end. */
export function applyChange<Row>(rows: readonly Row[], change: RowChange<Row>, keyOf: KeyOf<Row>): readonly Row[] {
  const key = keyOf(change.event === "DELETE" ? change.before : change.row);
  const at = rows.findIndex((row) => keyOf(row) === key);
  if (change.event === "DELETE") return at < 0 ? rows : rows.toSpliced(at, 1);
  if (at < 0) return [...rows, change.row as Row];
  return rows.with(at, { ...(rows[at] as Row), ...change.row });
}
