/**
 * The libraries of an organisation, by name, and the one that its pages show; the browser remembers the choice.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import { useLocalStorage } from "@mantine/hooks";
import type { Database } from "../../database.types";
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
  const { client } = useProject();
  const [chosen, choose] = useLocalStorage({
    key: `studyspot.library.${organisation}`,
    getInitialValueInEffect: false,
  });
  const { rows, error, reload } = useLiveRows<LibraryRow>({
    topic: `own-libraries:${organisation}`,
    bindings: [{ event: "*", schema: "public", table: "libraries", filter: `organisation_id=eq.${organisation}` }],
    queryKey: ["libraries", "organisation", organisation],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("libraries")
          .select()
          .eq("organisation_id", organisation)
          .abortSignal(signal),
      ),
  });
  const libraries = rows?.filter(({ deleted_at }) => deleted_at === null).toSorted(byName);
  const current = libraries?.find(({ id }) => id === chosen) ?? libraries?.[0];
  return { libraries, current, choose, error, reload };
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name);
}
