/**
 * Rows in a table that is searched, filtered, sorted, turned over and exported; what was chosen stands in the address of
 * the page. It has a state for nothing there, not there yet and not to be had.
 *
 * The rows are all rows. With `total` they are one page that the server has cut already, by what `useTableState` said.
 */
import { Table } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { EmptyState, ErrorState, LoadingState } from "../states";
import type { DataColumn, DataFilter } from "./columns";
import { downloadCsv, toCsv } from "./csv";
import styles from "./DataTable.module.css";
import { fittingRows, pageOf } from "./shownRows";
import { TableFoot } from "./TableFoot";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";
import type { TableState } from "./tableState";
import { TableTools } from "./TableTools";
import { useTableState } from "./useTableState";

export interface DataTableProps<Row> {
  /** What the rows are, for screen readers and the name of the file. */
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly filters?: readonly DataFilter<Row>[];
  /** Undefined until they are known. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** How many rows there are, when `rows` is one page of them. */
  readonly total?: number;
  readonly pageSize?: number;
  readonly error?: Error | null;
  readonly onRetry?: () => void;
  /** What to say when there are no rows at all. */
  readonly empty: ReactNode;
  readonly onOpen?: (row: Row) => void;
  /** Keeps the address's names apart where a page has two tables. */
  readonly prefix?: string;
  readonly searchable?: boolean;
  /** Where the rows can be had as a file; false offers none. By default the page writes one of what fits. */
  readonly csv?: string | false;
  /** Stands beside the tools. */
  readonly actions?: ReactNode;
}

const PAGE_SIZE = 25;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, error = null, onRetry = () => location.reload() } = props;
  if (rows === undefined && error) {
    return <ErrorState title={`${label} could not be loaded`} error={error} onRetry={onRetry} />;
  }
  if (rows === undefined) return <LoadingState label={`Loading ${label}`} count={6} height={44} />;
  return <LoadedTable {...props} rows={rows} />;
}

const NO_FILTERS: readonly never[] = [];

function LoadedTable<Row>(props: DataTableProps<Row> & { readonly rows: readonly Row[] }) {
  const { label, columns, filters = NO_FILTERS, rows, total, pageSize = PAGE_SIZE, prefix = "", csv } = props;
  const { state, change } = useTableState(columns, filters, prefix);
  const fitting = useMemo(
    () => (total === undefined ? fittingRows(rows, columns, filters, state) : rows),
    [rows, columns, filters, state, total],
  );
  const { shown, page, pages, count } = pageOf(fitting, state.page, pageSize, total);
  const save = (): void => downloadCsv(label.toLowerCase().replaceAll(/\W+/g, "-"), toCsv(columns, fitting));
  return (
    <div className={styles.block}>
      <TableTools
        label={label}
        filters={filters}
        searchable={props.searchable ?? true}
        state={state}
        change={change}
        csv={csv ?? save}
        actions={props.actions}
      />
      {shown.length === 0 ? (
        <Nothing isNarrowed={isNarrowed(state)} empty={props.empty} onClear={() => change(clearing(filters))} />
      ) : (
        <Table.ScrollContainer minWidth={0} className={styles.frame}>
          <Table verticalSpacing="sm" highlightOnHover={props.onOpen !== undefined} aria-label={label}>
            <TableHead columns={columns} sort={state.sort} onSort={(sort) => change({ sort })} />
            <Table.Tbody>
              {shown.map((row) => (
                <TableRow key={props.keyOf(row)} row={row} columns={columns} onOpen={props.onOpen} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <TableFoot
        count={count}
        all={total ?? rows.length}
        page={page}
        pages={pages}
        onPage={(to) => change({ page: to })}
      />
    </div>
  );
}

function isNarrowed({ query, filters }: TableState): boolean {
  return query !== "" || Object.keys(filters).length > 0;
}

function clearing<Row>(filters: readonly DataFilter<Row>[]) {
  return { query: "", filters: Object.fromEntries(filters.map(({ id }) => [id, ""])) };
}

interface NothingProps {
  readonly isNarrowed: boolean;
  readonly empty: ReactNode;
  readonly onClear: () => void;
}

function Nothing({ isNarrowed, empty, onClear }: NothingProps) {
  if (!isNarrowed) return <EmptyState title="Nothing here yet">{empty}</EmptyState>;
  return (
    <EmptyState title="Nothing fits">
      <button type="button" className={styles.clear} onClick={onClear}>
        Clear the search and the filters
      </button>
    </EmptyState>
  );
}
