/**
 * What the list of libraries is narrowed by. It stands in the address.
 */
import { NativeSelect, TextInput } from "@mantine/core";
import type { SearchParams } from "@millstream/kit/hooks";
import { IconSearch } from "@tabler/icons-react";
import styles from "./LibraryFilters.module.css";

interface Props {
  readonly cities: readonly string[];
  readonly params: SearchParams;
  readonly onChange: (some: Readonly<Record<string, string>>) => void;
}

export function LibraryFilters({ cities, params, onChange }: Props) {
  const everywhere = { value: "", label: "All cities" };
  return (
    <search className={styles.filters}>
      <TextInput
        type="search"
        aria-label="Search libraries"
        placeholder="Name, street, what it has"
        leftSection={<IconSearch size={18} aria-hidden="true" />}
        value={params.search ?? ""}
        onChange={(event) => onChange({ search: event.currentTarget.value })}
        size="md"
      />
      <NativeSelect
        aria-label="City"
        data={[everywhere, ...cities.map((city) => ({ value: city, label: city }))]}
        value={params.city ?? ""}
        onChange={(event) => onChange({ city: event.currentTarget.value })}
        size="md"
      />
    </search>
  );
}
