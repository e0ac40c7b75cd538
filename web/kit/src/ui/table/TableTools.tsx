/**
 * What stands above a table: the search, the filters, the file.
 */
import { Button, CloseButton, Select, TextInput } from "@mantine/core";
import { IconDownload, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import type { DataFilter } from "./columns";
import styles from "./DataTable.module.css";
import type { TableState } from "./tableState";

interface Props<Row> {
  readonly label: string;
  readonly filters: readonly DataFilter<Row>[];
  readonly searchable: boolean;
  readonly state: TableState;
  readonly change: (change: Partial<TableState>) => void;
  readonly csv: string | false | (() => void);
  readonly actions: ReactNode;
}

export function TableTools<Row>({ label, filters, searchable, state, change, csv, actions }: Props<Row>) {
  return (
    <div className={styles.tools} role="search" aria-label={label}>
      {searchable && <SearchField label={label} query={state.query} onQuery={(query) => change({ query })} />}
      {filters.map((filter) => (
        <Select
          key={filter.id}
          className={styles.filter}
          aria-label={filter.label}
          placeholder={filter.label}
          data={filter.options}
          value={state.filters[filter.id] ?? null}
          onChange={(value) => change({ filters: { [filter.id]: value ?? "" } })}
          clearable
          clearButtonProps={{ "aria-label": `Clear ${filter.label}` }}
        />
      ))}
      <span className={styles.gap} />
      {actions}
      <CsvButton csv={csv} />
    </div>
  );
}

const TYPING_MS = 200;

interface SearchProps {
  readonly label: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
}

/** Writes to the address when the typing pauses, and follows the address when it changes otherwise. */
function SearchField({ label, query, onQuery }: SearchProps) {
  const [typed, setTyped] = useState({ text: query, from: query });
  if (typed.from !== query) setTyped({ text: query, from: query });
  const said = useEffectEvent((text: string) => onQuery(text));
  const { text } = typed;
  useEffect(() => {
    if (text === query) return;
    const pause = setTimeout(() => said(text), TYPING_MS);
    return () => clearTimeout(pause);
  }, [text, query]);
  const type = (now: string): void => setTyped({ text: now, from: query });
  return (
    <TextInput
      className={styles.search}
      type="search"
      aria-label={`Search ${label.toLowerCase()}`}
      placeholder="Search"
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={
        text === "" ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => type("")} />
      }
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

function CsvButton({ csv }: { readonly csv: string | false | (() => void) }) {
  if (csv === false) return null;
  const look = { variant: "default", leftSection: <IconDownload size={16} aria-hidden="true" /> } as const;
  if (typeof csv === "string") {
    return (
      <Button {...look} component="a" href={csv} download>
        CSV
      </Button>
    );
  }
  return (
    <Button {...look} onClick={csv}>
      CSV
    </Button>
  );
}
