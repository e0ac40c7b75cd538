/**
 * The libraries of an organisation, by name, and the one that its pages show; the browser remembers the choice.
 */
import { useTableRows } from "@millstream/kit/hooks";
import { useChosen } from "@millstream/kit/ui";
import type { LibraryRow } from "../../rows";

export interface UseOwnLibraries {
  /** Undefined until they are known. */
  readonly libraries: readonly LibraryRow[] | undefined;
  /** The chosen one, else the first. */
  readonly current: LibraryRow | undefined;
  readonly choose: (id: string) => void;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOwnLibraries(organisation: string): UseOwnLibraries {
  const of = { column: "organisation_id", id: organisation };
  const { rows, error, reload } = useTableRows<LibraryRow>({ table: "libraries", of });
  const libraries = rows?.filter(({ deleted_at }) => deleted_at === null).toSorted(byName);
  return { libraries, ...useChosen(`library.${organisation}`, libraries), error, reload };
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name);
}
