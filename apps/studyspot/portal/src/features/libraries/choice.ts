/**
 * Which libraries the list shows: those that are approved, narrowed by words and by city. Pure.
 */
import type { ListSearch } from "@millstream/kit/ui";
import type { LibraryRow } from "../../rows";

export function approved(libraries: readonly LibraryRow[]): readonly LibraryRow[] {
  return libraries
    .filter(({ status, deleted_at }) => status === "approved" && deleted_at === null)
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

export const SEARCH: ListSearch<LibraryRow> = {
  label: "Search libraries",
  placeholder: "Name, street, what it has",
  textsOf: ({ name, city, address, amenities }) => [name, city, address, ...amenities],
  choices: [{ name: "city", label: "City", all: "All cities", of: ({ city }) => city }],
};
