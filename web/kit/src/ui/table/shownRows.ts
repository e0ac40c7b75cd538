/**
 * From all rows to those that a page of a table shows: filtered, searched, sorted, cut. Pure.
 */
import { compareValues, type DataColumn, type DataFilter, textOf } from "./columns";
import type { TableState } from "./tableState";

/** Return the rows that fit, in their order, on all pages. */
export function fittingRows<Row>(
  rows: readonly Row[],
  columns: readonly DataColumn<Row>[],
  filters: readonly DataFilter<Row>[],
  state: TableState,
): readonly Row[] {
  const words = state.query.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const chosen = filters.filter(({ id }) => id in state.filters);
  const fitting = rows.filter(
    (row) =>
      chosen.every(({ id, matches }) => matches(row, state.filters[id] ?? "")) &&
      (words.length === 0 || holdsAll(row, columns, words)),
  );
  return sorted(fitting, columns, state.sort);
}

/** One page of a table. */
export interface TablePage<Row> {
  readonly shown: readonly Row[];
  readonly page: number;
  readonly pages: number;
  /** How many rows fit, on all pages. */
  readonly count: number;
}

/** Return a page of the rows; one beyond the last is the last. With `total` the rows are a page already. */
export function pageOf<Row>(rows: readonly Row[], page: number, size: number, total?: number): TablePage<Row> {
  const count = total ?? rows.length;
  const pages = Math.max(1, Math.ceil(count / size));
  const at = Math.min(page, pages);
  return { shown: total === undefined ? rows.slice((at - 1) * size, at * size) : rows, page: at, pages, count };
}

function holdsAll<Row>(row: Row, columns: readonly DataColumn<Row>[], words: readonly string[]): boolean {
  const text = columns.map(({ value }) => textOf(value(row)).toLocaleLowerCase()).join("\n");
  return words.every((word) => text.includes(word));
}

/** Rows without a value stay last in either direction. */
function sorted<Row>(
  rows: readonly Row[],
  columns: readonly DataColumn<Row>[],
  sort: TableState["sort"],
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (!column || !sort) return rows;
  const direction = sort.descending ? -1 : 1;
  const isMissing = (row: Row): boolean => textOf(column.value(row)) === "";
  return rows.toSorted((a, b) => {
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    return direction * compareValues(column.value(a), column.value(b));
  });
}
