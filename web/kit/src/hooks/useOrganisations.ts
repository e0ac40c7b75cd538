/**
 * The organisations of whoever is signed in, kept current while they are shown; and the one that the portal is used for.
 *
 * The choice is remembered by the browser, for each project and person. It is a preference: what may be seen is decided
 * by the server.
 */
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { listOrganisations, type Organisation } from "../client";
import { useProject } from "./project";
import { useSession } from "./useSession";

export interface UseOrganisations {
  /** Undefined until they are known; empty for guests and strangers. */
  readonly organisations: readonly Organisation[] | undefined;
  /** The chosen one, else the first; undefined where there is none. */
  readonly current: Organisation | undefined;
  readonly choose: (id: string) => void;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOrganisations(): UseOrganisations {
  const { client } = useProject();
  const { user, hasAccount } = useSession();
  const owner = user?.id ?? "nobody";
  const queryKey = ["auth", "organisations", owner];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: () => listOrganisations(client),
    enabled: hasAccount,
  });
  const [chosen, choose] = useLocalStorage({ key: `millstream.${client.config.name}.organisation.${owner}` });
  const organisations = hasAccount ? data : [];
  const current = organisations?.find(({ id }) => id === chosen) ?? organisations?.[0];
  return { organisations, current, choose, error, reload: () => void refetch() };
}
