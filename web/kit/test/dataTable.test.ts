import { describe, expect, it } from "vitest";
import { toTexts } from "../src/hooks/useSearchParams";
import type { DataColumn, DataFilter } from "../src/ui/table/columns";
import { toCsv } from "../src/ui/table/csv";
import { fittingRows, pageOf } from "../src/ui/table/shownRows";
import { nextSort, readTableState, type TableState, writeTableChange } from "../src/ui/table/tableState";

interface Person {
  readonly name: string;
  readonly age: number | null;
  readonly city: string;
}

const PEOPLE: readonly Person[] = [
  { name: "Grace", age: 85, city: "New York" },
  { name: "ada", age: 36, city: "London" },
  { name: "Émilie", age: null, city: "Paris" },
  { name: "Mary 10", age: 9, city: "London" },
  { name: "Mary 9", age: 100, city: "London" },
];

const COLUMNS: readonly DataColumn<Person>[] = [
  { id: "name", header: "Name", value: ({ name }) => name },
  { id: "age", header: "Age", value: ({ age }) => age },
  { id: "city", header: "City", value: ({ city }) => city },
];

const FILTERS: readonly DataFilter<Person>[] = [
  { id: "city", label: "City", options: [], matches: ({ city }, chosen) => city === chosen },
];

const ALL: TableState = { query: "", sort: null, page: 1, filters: {} };

const names = (state: Partial<TableState>): string[] =>
  fittingRows(PEOPLE, COLUMNS, FILTERS, { ...ALL, ...state }).map(({ name }) => name);

describe("the rows of a table", () => {
  it("are as they came until something is chosen", () => {
    expect(names({})).toEqual(PEOPLE.map(({ name }) => name));
  });

  it("are sorted as people sort: without regard to case, numbers by size", () => {
    const sort = { column: "name", descending: false };
    expect(names({ sort })).toEqual(["ada", "Émilie", "Grace", "Mary 9", "Mary 10"]);
  });

  it("without a value come last in either direction", () => {
    expect(names({ sort: { column: "age", descending: false } })).toEqual([
      "Mary 10",
      "ada",
      "Grace",
      "Mary 9",
      "Émilie",
    ]);
    expect(names({ sort: { column: "age", descending: true } })).toEqual([
      "Mary 9",
      "Grace",
      "ada",
      "Mary 10",
      "Émilie",
    ]);
  });

  it("are found by every word, in any column", () => {
    expect(names({ query: "london mary" })).toEqual(["Mary 10", "Mary 9"]);
    expect(names({ query: "paris mary" })).toEqual([]);
  });

  it("fit the filters that are chosen", () => {
    expect(names({ filters: { city: "London" }, query: "ada" })).toEqual(["ada"]);
  });

  it("are cut into pages, and a page beyond the last is the last", () => {
    expect(pageOf([1, 2, 3, 4, 5], 2, 2)).toEqual({ shown: [3, 4], page: 2, pages: 3, count: 5 });
    expect(pageOf([1, 2, 3, 4, 5], 9, 2)).toEqual({ shown: [5], page: 3, pages: 3, count: 5 });
    expect(pageOf([6, 7], 4, 2, 11)).toEqual({ shown: [6, 7], page: 4, pages: 6, count: 11 });
    expect(pageOf([], 1, 2)).toEqual({ shown: [], page: 1, pages: 1, count: 0 });
  });
});

describe("a table's choices in the address", () => {
  it("are read, and unknown ones are nothing", () => {
    const params = toTexts({ q: 42, sort: "-age", page: 3, city: "Paris", other: { a: 1 } });
    expect(readTableState(params, ["age"], ["city"])).toEqual({
      query: "42",
      sort: { column: "age", descending: true },
      page: 3,
      filters: { city: "Paris" },
    });
    expect(readTableState({ sort: "height", page: "-1" }, ["age"], [])).toEqual(ALL);
  });

  it("are written, and lead back to the first page", () => {
    expect(writeTableChange({ query: "ada" })).toEqual({ q: "ada", page: undefined });
    expect(writeTableChange({ sort: null }, "events.")).toEqual({ "events.sort": undefined, "events.page": undefined });
    expect(writeTableChange({ filters: { city: "Paris" } })).toEqual({ city: "Paris", page: undefined });
    expect(writeTableChange({ page: 2 })).toEqual({ page: "2" });
  });

  it("go through the three steps of a heading", () => {
    const first = nextSort(null, "age");
    const second = nextSort(first, "age");
    expect(first).toEqual({ column: "age", descending: false });
    expect(second).toEqual({ column: "age", descending: true });
    expect(nextSort(second, "age")).toBeNull();
    expect(nextSort(second, "name")).toEqual({ column: "name", descending: false });
  });
});

describe("a table's file", () => {
  const columns: readonly DataColumn<string>[] = [{ id: "text", header: "A, B", value: (text) => text }];

  it("quotes what has to be quoted", () => {
    expect(toCsv(columns, ['say "hi"', "two\nlines"])).toBe('"A, B"\r\n"say ""hi"""\r\n"two\nlines"\r\n');
  });

  it("runs nothing when a spreadsheet opens it", () => {
    expect(toCsv(columns, ["=1+1", "@here", "-5.50", "+call", "-cmd"])).toBe(
      "\"A, B\"\r\n'=1+1\r\n'@here\r\n-5.50\r\n'+call\r\n'-cmd\r\n",
    );
  });
});
