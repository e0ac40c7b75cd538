/**
 * One row of a table; where rows can be opened, with a click or with Enter.
 */
import { Table } from "@mantine/core";
import { clsx } from "clsx";
import type { KeyboardEvent, ReactNode } from "react";
import type { CellValue, DataColumn } from "./columns";
import styles from "./DataTable.module.css";

interface Props<Row> {
  readonly row: Row;
  readonly columns: readonly DataColumn<Row>[];
  readonly onOpen: ((row: Row) => void) | undefined;
}

export function TableRow<Row>({ row, columns, onOpen }: Props<Row>) {
  const opening = onOpen && {
    className: styles.opens,
    tabIndex: 0,
    onClick: () => onOpen(row),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.target === event.currentTarget) onOpen(row);
    },
  };
  return (
    <Table.Tr {...opening}>
      {columns.map(({ id, align, wideOnly, cell, value }) => (
        <Table.Td key={id} className={clsx(align === "end" && styles.end, wideOnly && styles.wide)}>
          {cell ? cell(row) : shownValue(value(row))}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function shownValue(value: CellValue): ReactNode {
  if (value instanceof Date) return MOMENT.format(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value;
}
