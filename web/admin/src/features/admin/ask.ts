/**
 * Asks `/admin/v1` with the key of this tab; a key that does not count is forgotten.
 *
 * Uses nothing of the projects' client: the view must also be drawn while a project's own APIs do not answer.
 */
import { QueryClient } from "@tanstack/react-query";
import { currentKey, forgetKey } from "../key/adminKey";

export class AskFailed extends Error {
  override readonly name = "AskFailed";
  /** The HTTP status, 0 when the server was not reached. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

interface Asking extends RequestInit {
  /** A key that is only tried; by default that of this tab. */
  readonly key?: string;
}

/** Return the answer's JSON, null where it has none; reject with `AskFailed`. */
export async function ask<Answer>(path: string, init: Asking = {}): Promise<Answer> {
  const response = await reach(path, init);
  if (response.ok) return (response.status === 204 ? null : await response.json()) as Answer;
  if (response.status === 401) forgetKey();
  throw new AskFailed(await messageOf(response), response.status);
}

async function reach(path: string, { key, ...init }: Asking): Promise<Response> {
  const headers = {
    authorization: `Bearer ${key ?? currentKey() ?? ""}`,
    ...(init.body === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    return await fetch(new URL(`v1/${path}`, document.baseURI), { ...init, headers, cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new AskFailed("The server could not be reached.", 0);
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { message: string }).message;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

/**
 * The figures are asked for again soon anyway: a failed answer is shown, not repeated, and asking does not wait for a
 * network, since the server may be on this machine.
 */
export function createAdminCache(): QueryClient {
  const once = { retry: false, networkMode: "always" } as const;
  return new QueryClient({ defaultOptions: { queries: once, mutations: once } });
}
