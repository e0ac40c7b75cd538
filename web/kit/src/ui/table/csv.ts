/**
 * Writes rows as CSV (RFC 4180) and hands a file to the reader.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe before it, so that opening the file runs nothing.
 */
import { type DataColumn, textOf } from "./columns";

/** Begins a formula in the usual spreadsheets. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;
/** Spreadsheets take UTF-8 for something else without it. */
const BYTE_ORDER_MARK = "\uFEFF";

export function toCsv<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ value }) => textOf(value(row)))),
  ];
  return lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}

function field(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function downloadCsv(name: string, csv: string): void {
  downloadFile(`${name}.csv`, "text/csv;charset=utf-8", BYTE_ORDER_MARK + csv);
}

export function downloadFile(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
