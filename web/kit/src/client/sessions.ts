/**
 * Where somebody is signed in: the sessions of the own account, listed and ended.
 */
import { REALTIME_SUBSCRIBE_STATES } from "@supabase/supabase-js";
import { authRequest, refusal } from "./authRequests";
import type { ProjectClient } from "./project";
import { isSigningOut } from "./session";

export interface OpenSession {
  readonly id: string;
  /** When somebody signed in. */
  readonly created_at: string;
  /** When the session was last renewed, an hour ago at most while it is in use. */
  readonly refreshed_at: string;
  readonly aal: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

export async function listSessions(client: ProjectClient): Promise<readonly OpenSession[]> {
  return (await authRequest<{ sessions: OpenSession[] }>(client, "GET", "/sessions")).sessions;
}

/** End a session; its pages hear of it at once. Ending one that has ended is no error. */
export async function endSession(client: ProjectClient, id: string): Promise<void> {
  await authRequest(client, "DELETE", `/sessions/${id}`);
}

export async function endOtherSessions(client: ProjectClient): Promise<void> {
  const { error } = await client.supabase.auth.signOut({ scope: "others" });
  if (error) throw refusal(error);
}

/**
 * Call `ended` when the session of this page was ended elsewhere; return the function that stops watching.
 *
 * The server closes all channels of a session that ends, so one channel is kept open. Whatever closes it, the server is
 * asked: it alone knows. Signing out follows by itself, because auth-js drops a session that is gone.
 */
export function watchForEnd(client: ProjectClient, sessionId: string, ended: () => void): () => void {
  let watching = true;
  let told = false;
  const check = async (): Promise<void> => {
    if (!watching || isSigningOut(client)) return;
    const { error } = await client.supabase.auth.getUser();
    const status = error?.status ?? 0;
    if (status < 400 || status >= 500 || told) return;
    told = true;
    ended();
  };
  const channel = client.supabase.channel(`session:${sessionId}`);
  channel.on("system", {}, (said: { status?: string }) => {
    if (said.status === "error") void check();
  });
  channel.subscribe((status) => {
    if (status !== REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) void check();
  });
  return () => {
    watching = false;
    void client.supabase.removeChannel(channel);
  };
}
