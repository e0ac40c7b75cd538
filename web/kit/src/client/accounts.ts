/**
 * What people do about their accounts: sign up and in, by password or by mail, recover, change what is theirs.
 *
 * Every function throws RequestFailed with the server's code. Links of mails lead to the portal's page `auth/callback`,
 * which `finishLink` belongs to, with the path in `next` to go on to.
 */
import type { User } from "@supabase/supabase-js";
import { granted } from "./authRequests";
import type { ProjectClient } from "./project";

export interface Newcomer {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
}

/** What a typed code proves; the mail says which one it is. */
export type CodeKind = "email" | "recovery" | "email_change";

/** Where a link that somebody asked for in this browser leads. */
export function landingUrl(client: ProjectClient, next: string): string {
  const url = new URL("auth/callback", client.url);
  url.searchParams.set("next", next);
  return url.href;
}

/**
 * Make an account, or turn the guest who uses this page into one that keeps what the guest has.
 *
 * Return whether the address has to be confirmed by a mail before it counts.
 */
export async function signUp(client: ProjectClient, newcomer: Newcomer, next: string): Promise<boolean> {
  const { email, password, fullName } = newcomer;
  const data = { full_name: fullName };
  const emailRedirectTo = landingUrl(client, next);
  const { data: present } = await client.supabase.auth.getSession();
  if (present.session?.user.is_anonymous) {
    const { user } = granted(await client.supabase.auth.updateUser({ email, password, data }, { emailRedirectTo }));
    if (!user.is_anonymous) await client.supabase.auth.refreshSession();
    return user.is_anonymous === true;
  }
  const { session } = granted(
    await client.supabase.auth.signUp({ email, password, options: { data, emailRedirectTo } }),
  );
  return session === null;
}

/** Mail a link and six digits that sign in. */
export async function mailSignIn(client: ProjectClient, email: string, next: string): Promise<void> {
  granted(await client.supabase.auth.signInWithOtp({ email, options: { emailRedirectTo: landingUrl(client, next) } }));
}

/** Mail a link and six digits with which a forgotten password is replaced. */
export async function mailRecovery(client: ProjectClient, email: string): Promise<void> {
  const redirectTo = landingUrl(client, "/set-password");
  granted(await client.supabase.auth.resetPasswordForEmail(email, { redirectTo }));
}

/** Mail the confirmation of a sign-up or of a new address again. */
export async function mailAgain(client: ProjectClient, kind: "signup" | "email_change", email: string): Promise<void> {
  const emailRedirectTo = landingUrl(client, kind === "signup" ? "/" : "/account/profile");
  granted(await client.supabase.auth.resend({ type: kind, email, options: { emailRedirectTo } }));
}

/** Use the digits of a mail. */
export async function enterCode(client: ProjectClient, kind: CodeKind, email: string, code: string): Promise<void> {
  granted(await client.supabase.auth.verifyOtp({ type: kind, email, token: code }));
}

/** Leave for an identity provider; the browser comes back to `auth/callback`. */
export async function signInWithProvider(client: ProjectClient, provider: string, next: string): Promise<void> {
  const options = { redirectTo: landingUrl(client, next) };
  granted(await client.supabase.auth.signInWithOAuth({ provider: provider as "keycloak", options }));
}

export async function changeName(client: ProjectClient, fullName: string): Promise<User> {
  return granted(await client.supabase.auth.updateUser({ data: { full_name: fullName } })).user;
}

/** Ask for a new address; return the account, whose `new_email` says that it still has to be confirmed. */
export async function changeEmail(client: ProjectClient, email: string): Promise<User> {
  const emailRedirectTo = landingUrl(client, "/account/profile");
  return granted(await client.supabase.auth.updateUser({ email }, { emailRedirectTo })).user;
}

/** Set a password; with the mailed code where the server wants it (`reauthentication_needed`). */
export async function changePassword(client: ProjectClient, password: string, code?: string): Promise<void> {
  granted(await client.supabase.auth.updateUser({ password, ...(code && { nonce: code }) }));
}

/** Mail the code that a change of password needs long after signing in. */
export async function mailReauthentication(client: ProjectClient): Promise<void> {
  granted(await client.supabase.auth.reauthenticate());
}
