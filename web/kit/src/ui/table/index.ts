export type { CellValue, DataColumn, DataFilter } from "./columns";
export { downloadFile, toCsv } from "./csv";
export { DataTable, type DataTableProps } from "./DataTable";
export type { TableState } from "./tableState";
export { type UseTableState, useTableState } from "./useTableState";
