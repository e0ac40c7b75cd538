/**
 * The libraries that can be visited, and one of them by the name in its address or by its id; kept equal to the database.
 */
import { useTableRows } from "@millstream/kit/hooks";
import type { LibraryRow } from "../../rows";
import { approved } from "./choice";

export interface UseLibraries {
  readonly libraries: readonly LibraryRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useLibraries(): UseLibraries {
  const { rows, error, reload } = useTableRows<LibraryRow>({ table: "libraries" });
  return { libraries: rows && approved(rows), error, reload };
}

export interface UseLibrary {
  /** Undefined while loading, null when there is none. */
  readonly library: LibraryRow | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useLibrary(slugOrId: string): UseLibrary {
  const { libraries, error, reload } = useLibraries();
  const found = libraries?.find(({ id, slug }) => id === slugOrId || slug === slugOrId);
  return { library: libraries && (found ?? null), error, reload };
}
