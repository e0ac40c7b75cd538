/**
 * Which libraries the list shows: those that are approved, in the city and with the words that the visitor gave. Pure.
 */
import type { LibraryRow } from "../../rows";

export interface Wanted {
  readonly words: string;
  /** "" means every city. */
  readonly city: string;
}

export function approved(libraries: readonly LibraryRow[]): readonly LibraryRow[] {
  return libraries
    .filter(({ status, deleted_at }) => status === "approved" && deleted_at === null)
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

export function citiesOf(libraries: readonly LibraryRow[]): readonly string[] {
  return [...new Set(libraries.map(({ city }) => city))].toSorted((a, b) => a.localeCompare(b));
}

export function chosen(libraries: readonly LibraryRow[], { words, city }: Wanted): readonly LibraryRow[] {
  const parts = plain(words).split(/\s+/).filter(Boolean);
  return libraries.filter((library) => {
    const text = plain([library.name, library.city, library.address, ...library.amenities].join(" "));
    return (city === "" || library.city === city) && parts.every((part) => text.includes(part));
  });
}

/** Without case and accents, as people type. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

/** How much is left, in three words: few is less than one seat in five. */
export function levelOf(free: number, seats: number): "plenty" | "low" | "none" {
  if (free <= 0) return "none";
  return free * 5 < seats ? "low" : "plenty";
}
