/**
 * The rows of one table that belong to something, by one of its columns; kept equal to the database.
 */
import { type Binding, type ProjectClient, type RowChange, unwrap } from "../client";
import { useProject } from "./project";
import { type LiveRowsResult, useLiveRows } from "./useLiveRows";

/** What rows belong to: the column that says so, and its value; null for those that belong to nothing in particular. */
export interface Whose {
  readonly column: string;
  readonly id: string | null;
}

export interface TableRows<Row> {
  readonly table: string;
  readonly of: Whose;
  /** What may be selected, the column among it, where that is not everything. */
  readonly select?: string;
  /** Only so many, by `created_at`, the newest first. Without it all of them, in no order. */
  readonly newest?: number;
  /** Who looks, where that decides what is seen: then what one saw is not shown to the next. */
  readonly viewer?: string | undefined;
  /** False asks for nothing. */
  readonly enabled?: boolean;
  /** Called after each change; not for what was there. */
  readonly onChange?: (change: RowChange<Row>) => void;
}

/** Components that ask for the same share one channel. */
export function useTableRows<Row>(asked: TableRows<Row>): LiveRowsResult<Row> {
  const { table, of, newest, viewer, enabled = true, onChange } = asked;
  const { client } = useProject();
  const name = [table, of.column, of.id ?? "none", newest ?? "all", viewer].filter((part) => part !== undefined);
  const { rows, ...state } = useLiveRows<Row>({
    enabled,
    topic: name.join(":"),
    bindings: [bindingOf(asked)],
    queryKey: name,
    keyOf: (row) => String((row as { readonly id?: string }).id),
    fetch: (signal) => load(client, asked, signal),
    ...(onChange && { onChange }),
  });
  return { ...state, rows: rows && shownOf(rows, asked) };
}

/** The channel leaves out neither what belongs to something, nor what is older than so many. */
function shownOf<Row>(rows: readonly Row[], { of: { column, id }, newest }: TableRows<Row>): readonly Row[] {
  const own = id === null ? rows.filter((row) => row[column as keyof Row] === null) : rows;
  return newest === undefined ? own : newestOf(own, newest);
}

function bindingOf<Row>({ table, of: { column, id } }: TableRows<Row>): Binding {
  return { event: "*", schema: "public", table, ...(id !== null && { filter: `${column}=eq.${id}` }) };
}

async function load<Row>(client: ProjectClient, asked: TableRows<Row>, signal: AbortSignal): Promise<readonly Row[]> {
  const { table, of, select = "*", newest } = asked;
  const all = client.supabase.from(table).select(select);
  const own = of.id === null ? all.is(of.column, null) : all.eq(of.column, of.id);
  const some = newest === undefined ? own : own.order("created_at", { ascending: false }).limit(newest);
  return unwrap(await some.abortSignal(signal).overrideTypes<Row[], { merge: false }>());
}

/** Return so many of the newest, the newest first. Pure. */
export function newestOf<Row>(rows: readonly Row[], count: number): readonly Row[] {
  const madeAt = (row: Row): number => Date.parse((row as { readonly created_at: string }).created_at);
  return rows.toSorted((a, b) => madeAt(b) - madeAt(a)).slice(0, count);
}
