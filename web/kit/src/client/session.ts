/**
 * Who uses this page: watches the session, signs a visitor in without asking for anything, signs out.
 */
import type { Session, User } from "@supabase/supabase-js";
import { granted, refusal } from "./authRequests";
import type { DemoUser } from "./config";
import { failure } from "./failure";
import type { ProjectClient } from "./project";
import { storedSession } from "./storedSession";

export type { Session, User };

/** Hear the session now and whenever it changes; null means nobody is signed in. */
export function watchSession(client: ProjectClient, listener: (session: Session | null) => void): () => void {
  const { data } = client.supabase.auth.onAuthStateChange((event, session) => {
    // At the start null may also mean that the token could not be renewed, without a network.
    listener(session ?? (event === "INITIAL_SESSION" ? storedSession(client.config.name) : null));
  });
  return () => data.subscription.unsubscribe();
}

/**
 * Return the session, signing a visitor in as a guest first when there is none.
 *
 * A project that allows no guests but is a demo signs in its first demo user instead.
 */
export async function ensureSession(client: ProjectClient): Promise<Session> {
  const { data } = await client.supabase.auth.getSession();
  if (data.session) return data.session;
  const guest = await client.supabase.auth.signInAnonymously();
  if (guest.data.session) return guest.data.session;
  const [demoUser] = client.config.demoUsers ?? [];
  if (demoUser && guest.error?.code === "anonymous_provider_disabled") return signInAs(client, demoUser);
  throw guest.error ? refusal(guest.error) : failure(0, null);
}

export async function signInAs(client: ProjectClient, user: Pick<DemoUser, "email" | "password">): Promise<Session> {
  const { email, password } = user;
  return granted(await client.supabase.auth.signInWithPassword({ email, password })).session;
}

/** Pages that are signing out by themselves, which need not be told that their session has ended. */
const leaving = new WeakSet<ProjectClient>();

export async function signOut(client: ProjectClient): Promise<void> {
  leaving.add(client);
  try {
    await client.supabase.auth.signOut({ scope: "local" });
  } finally {
    leaving.delete(client);
  }
}

export function isSigningOut(client: ProjectClient): boolean {
  return leaving.has(client);
}
