/**
 * The libraries that can be visited, and one of them by the name in its address or by its id; kept equal to the database.
 */
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { LibraryRow } from "../../rows";
import { approved } from "./choice";

export interface UseLibraries {
  readonly libraries: readonly LibraryRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useLibraries(): UseLibraries {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<LibraryRow>({
    topic: "libraries",
    bindings: [{ event: "*", schema: "public", table: "libraries" }],
    queryKey: ["libraries"],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) => {
      const all = client.supabase.from("libraries").select().abortSignal(signal);
      return unwrap(await all.overrideTypes<LibraryRow[], { merge: false }>());
    },
  });
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
