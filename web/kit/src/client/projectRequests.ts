/**
 * Routes of a project that no library knows, asked as whoever is signed in.
 */
import { failure } from "./failure";
import type { ProjectClient } from "./project";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RequestOptions {
  /** Leave out who is signed in, for routes that are for those who are not. */
  readonly asNobody?: boolean;
}

/** Ask a route, `auth/v1/…`; return its JSON, undefined where it has nothing to say, or throw RequestFailed. */
export async function projectRequest<Answer>(
  client: ProjectClient,
  method: Method,
  path: string,
  body?: object,
  { asNobody = false }: RequestOptions = {},
): Promise<Answer> {
  const headers = await headersOf(client, asNobody);
  if (body) headers.set("Content-Type", "application/json");
  const request: RequestInit = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(new URL(path, client.url), request).catch((error: unknown) => {
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
