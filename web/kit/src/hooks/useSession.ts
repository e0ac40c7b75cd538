/**
 * Who uses this page, and the two things a visitor does about it.
 */
import { useCallback, useSyncExternalStore } from "react";
import { ensureSession, type Session, signOut, type User } from "../client";
import { useProject } from "./project";

export interface UseSession {
  readonly session: Session | null;
  readonly user: User | null;
  /** True until the stored session, if any, was read. */
  readonly isLoading: boolean;
  /** Whether somebody with an account is signed in; guests have none. */
  readonly hasAccount: boolean;
  /** Sign in as a guest unless somebody is signed in already. */
  readonly ensureSession: () => Promise<Session>;
  readonly signOut: () => Promise<void>;
}

export function useSession(): UseSession {
  const { client, session: watch } = useProject();
  const session = useSyncExternalStore(watch.session.subscribe, watch.session.get);
  const user = session?.user ?? null;
  return {
    session: session ?? null,
    user,
    isLoading: session === undefined,
    hasAccount: user !== null && user.is_anonymous !== true,
    ensureSession: useCallback(() => ensureSession(client), [client]),
    signOut: useCallback(() => signOut(client), [client]),
  };
}
