/**
 * What the page's address says of a table, and changing it. A page that lets the server sort and filter asks by it.
 */
import { useMemo } from "react";
import { useSearchParams } from "../../hooks";
import type { DataColumn, DataFilter } from "./columns";
import { readTableState, type TableState, writeTableChange } from "./tableState";

export interface UseTableState {
  readonly state: TableState;
  readonly change: (change: Partial<TableState>) => void;
}

export function useTableState<Row>(
  columns: readonly DataColumn<Row>[],
  filters: readonly DataFilter<Row>[],
  prefix = "",
): UseTableState {
  const { params, change } = useSearchParams();
  const said = JSON.stringify(params);
  const state = useMemo(
    () =>
      readTableState(
        JSON.parse(said) as typeof params,
        columns.map(({ id }) => id),
        filters.map(({ id }) => id),
        prefix,
      ),
    [said, columns, filters, prefix],
  );
  return { state, change: (some) => change(writeTableChange(some, prefix)) };
}
