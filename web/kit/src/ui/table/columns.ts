/**
 * What a column of a table is. Pure.
 */
import type { ReactNode } from "react";

export type CellValue = string | number | boolean | Date | null | undefined;

export interface DataColumn<Row> {
  /** Stands in the address when the table is sorted by it. */
  readonly id: string;
  readonly header: string;
  /** What is sorted by, searched in and exported. */
  readonly value: (row: Row) => CellValue;
  /** What is shown, where that is not the value itself. */
  readonly cell?: (row: Row) => ReactNode;
  readonly align?: "start" | "end";
  readonly sortable?: boolean;
  /** Left out on a phone. */
  readonly wideOnly?: boolean;
}

export interface DataFilter<Row> {
  /** Its name in the address. */
  readonly id: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly matches: (row: Row, chosen: string) => boolean;
}

export function textOf(value: CellValue): string {
  if (value === null || value === undefined) return "";
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Order two values: numbers and times by size, truths as no before yes, texts as people do. */
export function compareValues(a: CellValue, b: CellValue): number {
  const [left, right] = [comparable(a), comparable(b)];
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), undefined, { numeric: true, sensitivity: "base" });
}

function comparable(value: CellValue): string | number {
  if (value instanceof Date) return value.getTime();
  return typeof value === "boolean" ? Number(value) : (value ?? "");
}
