/**
 * The rows of one table, as a rule those that belong to something by one of its columns; kept equal to the database.
 *
 * `useLiveRows` for the ordinary case: the channel, what it hears, the request and the place of the rows follow from one
 * description, so that components that ask for the same share them. What `and` leaves out, the channel still hears of:
 * the caller leaves it out as well.
 */
import { type Binding, loadRows, type RowChange, type RowEvent, type RowsQuery } from "../client";
import { useProject } from "./project";
import { type LiveRowsResult, useLiveRows } from "./useLiveRows";

export interface TableRows<Row> extends RowsQuery {
  /** The columns by which rows are told apart, where that is not `id`. */
  readonly keyedBy?: readonly (keyof Row & string)[];
  /** What the channel hears, where that is not everything. */
  readonly event?: RowEvent;
  /** Who looks, where that decides what is seen: then what one saw is not shown to the next. */
  readonly viewer?: string | undefined;
  /** False asks for nothing. */
  readonly enabled?: boolean;
  /** Called after each change; not for what was there. */
  readonly onChange?: (change: RowChange<Row>) => void;
}

/** Components that ask for the same share one channel. */
export function useTableRows<Row>(asked: TableRows<Row>): LiveRowsResult<Row> {
  const { table, keyedBy = ["id"], enabled = true, onChange } = asked;
  const { client } = useProject();
  const topic = topicOf(asked);
  const { rows, ...state } = useLiveRows<Row>({
    enabled,
    topic,
    bindings: [bindingOf(asked)],
    queryKey: [table, topic],
    keyOf: (row) => keyedBy.map((column) => String(row[column as keyof Row])).join(" "),
    fetch: (signal) => loadRows(client, asked, signal),
    ...(onChange && { onChange }),
  });
  return { ...state, rows: rows && shownOf(rows, asked) };
}

function topicOf<Row>({ table, of, and = [], select, newest, event, viewer }: TableRows<Row>): string {
  const whose = of && [of.column, of.id ?? "none"];
  return [table, whose, ...and, select, newest, event, viewer]
    .flat()
    .filter((part) => part !== undefined)
    .join(":");
}

/** The channel leaves out neither what belongs to something, nor what is older than so many. */
function shownOf<Row>(rows: readonly Row[], { of, newest }: RowsQuery): readonly Row[] {
  const own = of?.id === null ? rows.filter((row) => row[of.column as keyof Row] === null) : rows;
  return newest === undefined ? own : newestOf(own, newest);
}

function bindingOf<Row>({ table, of, event }: TableRows<Row>): Binding {
  const filter = of === undefined || of.id === null ? {} : { filter: `${of.column}=eq.${of.id}` };
  return { event: event ?? "*", schema: "public", table, ...filter };
}

/** Return so many of the newest, the newest first. Pure. */
export function newestOf<Row>(rows: readonly Row[], count: number): readonly Row[] {
  const madeAt = (row: Row): number => Date.parse((row as { readonly created_at: string }).created_at);
  return rows.toSorted((a, b) => madeAt(b) - madeAt(a)).slice(0, count);
}
