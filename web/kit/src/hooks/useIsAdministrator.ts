/**
 * Whether whoever is signed in administers the platform, by `kit.administrators`: what to show, never what is allowed.
 */
import { useSession } from "./useSession";
import { useRpc } from "./useRpc";

export interface UseIsAdministrator {
  /** Undefined until it is known. */
  readonly isAdministrator: boolean | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useIsAdministrator(): UseIsAdministrator {
  const { user, hasAccount, isLoading } = useSession();
  const { data, error, reload } = useRpc<boolean>("is_administrator", {}, { enabled: hasAccount, since: user?.id });
  const known = hasAccount ? data : false;
  return { isAdministrator: isLoading ? undefined : known, error, reload };
}
