/**
 * What auth-js has no method for: Millstream's own routes below `/auth/v1`, asked as whoever is signed in; and the one
 * way from an error of auth-js to ours.
 */
import type { AuthError } from "@supabase/supabase-js";
import { failure, RequestFailed } from "./failure";
import type { ProjectClient } from "./project";
import { type Method, projectRequest, type RequestOptions } from "./projectRequests";

/** Ask a route of the auth API, as `projectRequest` does. */
export async function authRequest<Answer>(
  client: ProjectClient,
  method: Method,
  path: string,
  body?: object,
  options: RequestOptions = {},
): Promise<Answer> {
  return projectRequest<Answer>(client, method, `auth/v1${path}`, body, options);
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
