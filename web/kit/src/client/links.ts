/**
 * Takes what a followed link brought to the page `auth/callback`: a PKCE code, a session, an error or a message.
 *
 * A code counts only in the browser that asked. A session in the fragment comes from a link that somebody else ordered,
 * such as an invitation; it is shown first and entered by a click, so that nobody is signed in unawares as another one.
 */
import { granted } from "./authRequests";
import { RequestFailed } from "./failure";
import type { ProjectClient } from "./project";

export interface OfferedSession {
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export type LinkOutcome =
  { readonly kind: "signed-in" } | { readonly kind: "offered"; readonly session: OfferedSession } | LinkMessage;

export interface LinkMessage {
  readonly kind: "message";
  readonly message: string;
}

/** Finish what the link began, once; throw RequestFailed where it does not count. */
export async function finishLink(client: ProjectClient, url: URL): Promise<LinkOutcome> {
  const told = new URLSearchParams([...url.searchParams, ...new URLSearchParams(url.hash.slice(1))]);
  const problem = told.get("error_code") ?? told.get("error");
  if (problem !== null) throw new RequestFailed(told.get("error_description") ?? problem, problem, 403);
  const code = told.get("code");
  if (code !== null) {
    granted(await client.supabase.auth.exchangeCodeForSession(code));
    return { kind: "signed-in" };
  }
  return offeredOrSaid(client, told);
}

async function offeredOrSaid(client: ProjectClient, told: URLSearchParams): Promise<LinkOutcome> {
  const [accessToken, refreshToken] = [told.get("access_token"), told.get("refresh_token")];
  if (accessToken !== null && refreshToken !== null) {
    const { user } = granted(await client.supabase.auth.getUser(accessToken));
    return { kind: "offered", session: { email: user.email ?? "", accessToken, refreshToken } };
  }
  const message = told.get("message");
  if (message !== null) return { kind: "message", message };
  throw new RequestFailed("The link brought nothing.", "link_empty", 400);
}

/** Sign in with the session that a link brought. */
export async function enterOffered(client: ProjectClient, session: OfferedSession): Promise<void> {
  const { accessToken, refreshToken } = session;
  granted(await client.supabase.auth.setSession({ access_token: accessToken, refresh_token: refreshToken }));
}
