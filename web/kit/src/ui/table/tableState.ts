/**
 * What somebody has chosen of a table, and how it stands in the page's address: `?q=ada&sort=-starts_at&page=2`. Pure.
 */
import type { SearchParams } from "../../hooks";

export interface TableState {
  readonly query: string;
  /** The column, with a minus before it for descending; null is the order of the rows as they came. */
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
  /** From 1. */
  readonly page: number;
  /** What is chosen, by filter. */
  readonly filters: Readonly<Record<string, string>>;
}

/** Read what the address says; what it says of unknown columns or filters is nothing. */
export function readTableState(
  params: SearchParams,
  columns: readonly string[],
  filters: readonly string[],
  prefix = "",
): TableState {
  const said = (name: string): string => params[prefix + name] ?? "";
  const sort = said("sort");
  const column = sort.replace(/^-/, "");
  const page = Number(said("page"));
  const chosen = filters.map((id) => [id, said(id)] as const).filter(([, value]) => value !== "");
  return {
    query: said("q"),
    sort: columns.includes(column) ? { column, descending: sort.startsWith("-") } : null,
    page: Number.isInteger(page) && page > 0 ? page : 1,
    filters: Object.fromEntries(chosen),
  };
}

/** Write a change for the address; any other change than of the page leads back to the first. */
export function writeTableChange(change: Partial<TableState>, prefix = ""): Record<string, string | undefined> {
  const { query, sort, page = 1, filters = {} } = change;
  const written: [string, string | undefined][] = [
    ...(query === undefined ? [] : [["q", query] as [string, string]]),
    ...(sort === undefined ? [] : [["sort", sort ? nameOf(sort) : undefined] as [string, string | undefined]]),
    ...Object.entries(filters),
    ["page", page > 1 ? String(page) : undefined],
  ];
  return Object.fromEntries(written.map(([name, value]) => [prefix + name, value]));
}

/** What one more press on a heading makes of the order: ascending, descending, as they came. */
export function nextSort(sort: TableState["sort"], column: string): TableState["sort"] {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

function nameOf({ column, descending }: NonNullable<TableState["sort"]>): string {
  return (descending ? "-" : "") + column;
}
