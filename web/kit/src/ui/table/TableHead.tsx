/**
 * The headings of a table; each sorts by its column, in three steps.
 */
import { Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { clsx } from "clsx";
import type { DataColumn } from "./columns";
import styles from "./DataTable.module.css";
import { nextSort, type TableState } from "./tableState";

interface Props<Row> {
  readonly columns: readonly DataColumn<Row>[];
  readonly sort: TableState["sort"];
  readonly onSort: (sort: TableState["sort"]) => void;
}

export function TableHead<Row>({ columns, sort, onSort }: Props<Row>) {
  return (
    <Table.Thead className={styles.head}>
      <Table.Tr>
        {columns.map(({ id, header, align, wideOnly, sortable = true }) => (
          <Table.Th
            key={id}
            className={clsx(align === "end" && styles.end, wideOnly && styles.wide)}
            aria-sort={sort?.column === id ? (sort.descending ? "descending" : "ascending") : undefined}
          >
            {sortable ? (
              <UnstyledButton className={styles.sort} onClick={() => onSort(nextSort(sort, id))}>
                {header} <SortSign sort={sort} column={id} />
              </UnstyledButton>
            ) : (
              header
            )}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

function SortSign({ sort, column }: { readonly sort: TableState["sort"]; readonly column: string }) {
  if (sort?.column !== column) return <IconArrowsSort size={14} className={styles.unsorted} aria-hidden="true" />;
  const Sign = sort.descending ? IconArrowDown : IconArrowUp;
  return <Sign size={14} aria-hidden="true" />;
}
