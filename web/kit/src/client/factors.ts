/**
 * Second factors: authenticators that show six digits, added, asked for and removed.
 */
import type { Factor, Session } from "@supabase/supabase-js";
import { granted } from "./authRequests";
import type { ProjectClient } from "./project";

export type { Factor };

/** An authenticator that is being added; it counts from its first right code on. */
export interface NewAuthenticator {
  readonly id: string;
  /** An image, as a `data:` URL; empty where no QR code holds the address. */
  readonly qrCode: string;
  readonly secret: string;
  readonly uri: string;
}

/** Return the authenticators that count. */
export function verifiedFactors(session: Session | null): readonly Factor[] {
  return session?.user.factors?.filter(({ status }) => status === "verified") ?? [];
}

/** Say whether this session still has to be raised by a second factor that the account has. */
export function needsSecondFactor(session: Session | null): boolean {
  return session !== null && verifiedFactors(session).length > 0 && assuranceLevel(session.access_token) !== "aal2";
}

/** Begin to add an authenticator; one that was begun before and never finished is forgotten. */
export async function addAuthenticator(client: ProjectClient, name: string): Promise<NewAuthenticator> {
  const { mfa } = client.supabase.auth;
  const { all } = granted(await mfa.listFactors());
  for (const { id, status } of all) {
    if (status === "unverified") granted(await mfa.unenroll({ factorId: id }));
  }
  const issuer = client.config.title;
  const { id, totp } = granted(await mfa.enroll({ factorType: "totp", friendlyName: name, issuer }));
  return { id, qrCode: totp.qr_code, secret: totp.secret, uri: totp.uri };
}

/** Answer with the digits that an authenticator shows: the session rises to `aal2`. */
export async function answerWithCode(client: ProjectClient, factorId: string, code: string): Promise<void> {
  granted(await client.supabase.auth.mfa.challengeAndVerify({ factorId, code }));
  // The answer's user is that of before: what is shown must have the new factor.
  granted(await client.supabase.auth.refreshSession());
}

export async function removeAuthenticator(client: ProjectClient, factorId: string): Promise<void> {
  granted(await client.supabase.auth.mfa.unenroll({ factorId }));
  granted(await client.supabase.auth.refreshSession());
}

function assuranceLevel(accessToken: string): string | null {
  try {
    const claims: unknown = JSON.parse(decodeBase64Url(accessToken.split(".")[1] ?? ""));
    return typeof claims === "object" && claims !== null && "aal" in claims ? String(claims.aal) : null;
  } catch {
    return null;
  }
}

function decodeBase64Url(text: string): string {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
