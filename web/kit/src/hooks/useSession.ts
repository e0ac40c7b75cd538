/**
 * Who uses this page, and the two things a visitor does about it.
 */
import { useCallback, useEffect, useState } from "react";
import { ensureSession, type Session, signOut, type User, watchSession } from "../client";
import { useProject } from "./project";

export interface UseSession {
  readonly session: Session | null;
  readonly user: User | null;
  /** True until the stored session, if any, was read. */
  readonly isLoading: boolean;
  /** Sign in as a guest unless somebody is signed in already. */
  readonly ensureSession: () => Promise<Session>;
  readonly signOut: () => Promise<void>;
}

export function useSession(): UseSession {
  const { client } = useProject();
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => watchSession(client, setSession), [client]);
  return {
    session: session ?? null,
    user: session?.user ?? null,
    isLoading: session === undefined,
    ensureSession: useCallback(() => ensureSession(client), [client]),
    signOut: useCallback(() => signOut(client), [client]),
  };
}
