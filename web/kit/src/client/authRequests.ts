/**
 * What auth-js has no method for: Millstream's own routes below `/auth/v1`, asked as whoever is signed in; and the one
 * way from an error of auth-js to ours.
 */
import type { AuthError } from "@supabase/supabase-js";
import { failure, RequestFailed } from "./failure";
import type { ProjectClient } from "./project";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Ask a route of the auth API; return its JSON, undefined where it has nothing to say, or throw RequestFailed.
 *
 * `asNobody` leaves out who is signed in, for routes that are for those who are not.
 */
export async function authRequest<Answer>(
  client: ProjectClient,
  method: Method,
  path: string,
  body?: object,
  { asNobody = false }: { readonly asNobody?: boolean } = {},
): Promise<Answer> {
  const headers = await headersOf(client, asNobody);
  if (body) headers.set("Content-Type", "application/json");
  const request: RequestInit = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(new URL(`auth/v1${path}`, client.url), request).catch((error: unknown) => {
    throw failure(0, error);
  });
  const text = await response.text();
  const answer = text === "" ? undefined : parse(text);
  if (!response.ok) throw failure(response.status, answer);
  return answer as Answer;
}

async function headersOf(client: ProjectClient, asNobody: boolean): Promise<Headers> {
  const headers = new Headers({ apikey: client.config.anonKey, "X-Supabase-Api-Version": "2024-01-01" });
  const { data } = await client.supabase.auth.getSession();
  if (data.session && !asNobody) headers.set("Authorization", `Bearer ${data.session.access_token}`);
  return headers;
}

interface Answered {
  readonly data: unknown;
  readonly error: AuthError | null;
}

/** Return the data of an answer of auth-js, or throw what went wrong. */
export function granted<Answer extends Answered>(answer: Answer): Extract<Answer, { error: null }>["data"] {
  if (answer.error) throw refusal(answer.error);
  return answer.data;
}

/** Turn an error of auth-js into ours; `details` are the reasons why a password is weak. */
export function refusal(error: AuthError): RequestFailed {
  if (error.name === "AuthRetryableFetchError" || error.status === undefined || error.status === 0) {
    return error.code === undefined ? failure(0, error) : new RequestFailed(error.message, error.code, 0);
  }
  const reasons = "reasons" in error ? error.reasons : null;
  const code = error.name === "AuthSessionMissingError" ? "session_not_found" : (error.code ?? "unknown");
  return new RequestFailed(error.message, code, error.status, reasons);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
