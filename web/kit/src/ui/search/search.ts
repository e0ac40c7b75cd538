/**
 * Narrows a list by words and by choices, as they stand in the address of a page: `?search=…` and one parameter a
 * choice. Pure.
 */
export interface ListChoice<Row> {
  /** Its parameter. */
  readonly name: string;
  readonly label: string;
  /** What stands for no choice, such as `All cities`. */
  readonly all: string;
  readonly of: (row: Row) => string;
}

export interface ListSearch<Row> {
  readonly label: string;
  readonly placeholder: string;
  /** Where the words may stand. */
  readonly textsOf: (row: Row) => readonly string[];
  readonly choices: readonly ListChoice<Row>[];
}

type Params = Readonly<Record<string, string>>;

/** Return the rows that have all words, in any order, and what was chosen. */
export function matching<Row>(
  rows: readonly Row[],
  { textsOf, choices }: ListSearch<Row>,
  params: Params,
): readonly Row[] {
  const words = plain(params.search ?? "")
    .split(/\s+/)
    .filter(Boolean);
  const isChosen = (row: Row): boolean => choices.every(({ name, of }) => !params[name] || params[name] === of(row));
  return rows.filter((row) => {
    const text = plain(textsOf(row).join(" "));
    return isChosen(row) && words.every((word) => text.includes(word));
  });
}

/** Return what there is to choose from, each once and in order. */
export function optionsOf<Row>(rows: readonly Row[], { of }: ListChoice<Row>): readonly string[] {
  return [...new Set(rows.map(of))].toSorted((a, b) => a.localeCompare(b));
}

/** Without case and accents, as people type. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}
