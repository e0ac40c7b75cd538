/**
 * A list with what narrows it above: a field for words and choices, which stand in the address of the page. While there
 * is nothing to narrow the list says so itself.
 */
import { NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useSearchParams } from "../../hooks";
import { type ListSearch, matching, optionsOf } from "./search";
import styles from "./SearchedList.module.css";

interface Props<Row> {
  /** Undefined until they are known. */
  readonly rows: readonly Row[] | undefined;
  readonly search: ListSearch<Row>;
  /** Stands there when nothing fits. */
  readonly none: ReactNode;
  readonly children: (shown: readonly Row[] | undefined) => ReactNode;
}

export function SearchedList<Row>({ rows, search, none, children }: Props<Row>) {
  const { params, change } = useSearchParams();
  if (rows === undefined || rows.length === 0) return children(rows);
  const shown = matching(rows, search, params);
  return (
    <>
      <search className={styles.filters}>
        <TextInput
          type="search"
          aria-label={search.label}
          placeholder={search.placeholder}
          leftSection={<IconSearch size={18} aria-hidden="true" />}
          value={params.search ?? ""}
          onChange={(event) => change({ search: event.currentTarget.value })}
          size="md"
          className={styles.words}
        />
        {search.choices.map((choice) => (
          <NativeSelect
            key={choice.name}
            aria-label={choice.label}
            data={[{ value: "", label: choice.all }, ...optionsOf(rows, choice)]}
            value={params[choice.name] ?? ""}
            onChange={(event) => change({ [choice.name]: event.currentTarget.value })}
            size="md"
            className={styles.choice}
          />
        ))}
      </search>
      {shown.length === 0 ? none : children(shown)}
    </>
  );
}
