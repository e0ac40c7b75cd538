/**
 * Reads and writes rows of an application's tables by the data API; who may, its policies say. Each refusal is a
 * RequestFailed.
 */
import { RequestFailed, unwrap } from "./failure";
import type { ProjectClient } from "./project";

/** What rows belong to: the column that says so, and its value; null for those that belong to nothing in particular. */
export interface Whose {
  readonly column: string;
  readonly id: string | null;
}

export type Condition = readonly [column: string, operator: "eq" | "neq" | "gt" | "gte" | "lt" | "lte", value: string];

export interface RowsQuery {
  readonly table: string;
  /** Without it all rows are asked for. */
  readonly of?: Whose;
  readonly and?: readonly Condition[];
  /** What may be selected, the column among it, where that is not everything. */
  readonly select?: string;
  /** Only so many, by `created_at`, the newest first. Without it all of them, in no order. */
  readonly newest?: number;
}

export async function loadRows<Row>(
  client: ProjectClient,
  { table, of, and = [], select = "*", newest }: RowsQuery,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  let found = client.supabase.from(table).select(select);
  if (of) found = of.id === null ? found.is(of.column, null) : found.eq(of.column, of.id);
  for (const [column, operator, value] of and) found = found.filter(column, operator, value);
  const some = newest === undefined ? found : found.order("created_at", { ascending: false }).limit(newest);
  return unwrap(await some.abortSignal(signal).overrideTypes<Row[], { merge: false }>());
}

export async function insertRows(
  client: ProjectClient,
  table: string,
  rows: object | readonly object[],
): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).insert(rows).select("id"));
}

export async function deleteRows(client: ProjectClient, table: string, ids: readonly string[]): Promise<void> {
  unwrap<unknown>(await client.supabase.from(table).delete().in("id", ids).select("id"));
}

/**
 * Make a row where none is known, else change the version of it that the reader saw; return its id. A newer version, or a
 * row that is there no more, is refused as `edit_conflict`.
 */
export async function saveVersion(
  client: ProjectClient,
  table: string,
  known: { readonly id: string; readonly version: number } | null,
  values: object,
): Promise<string> {
  const rows = client.supabase.from(table);
  const written = known
    ? rows.update(values).eq("id", known.id).eq("version", known.version).select("id")
    : rows.insert(values).select("id");
  const [row] = unwrap<{ id: string }[]>(await written);
  if (!row) throw new RequestFailed("Somebody else has changed this meanwhile.", "edit_conflict", 409);
  return row.id;
}
