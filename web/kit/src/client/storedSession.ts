/**
 * The session as the browser keeps it, for a page that starts without a network: an access token that could not be
 * renewed is no proof to the server, but whose page it is has not changed.
 */
import type { Session } from "@supabase/supabase-js";

/** Where supabase-js keeps the session of a project. */
export function sessionKey(project: string): string {
  return `millstream.${project}`;
}

/** Return the kept session, null where there is none: supabase-js removes one that the server has refused. */
export function storedSession(project: string): Session | null {
  try {
    const kept = JSON.parse(localStorage.getItem(sessionKey(project)) ?? "null") as Session | null;
    return kept?.user ? kept : null;
  } catch {
    return null; // private mode, or written by something else
  }
}
