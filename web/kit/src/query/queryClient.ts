/**
 * The cache of a page, TanStack Query's: the only place where what the server said is kept.
 */
import { QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "../client";

const MINUTE_MS = 60_000;
/** How long what was loaded is kept for a page without a network: older than this is no help to anybody. */
export const KEPT_MS = 7 * 86_400_000;

/** A refusal is an answer: only what may go better next time is asked again. */
export function worthRetrying(failures: number, error: Error): boolean {
  const refused = error instanceof RequestFailed && error.status >= 400 && error.status < 500;
  return !refused && failures < 3;
}

interface CacheOptions {
  /** How long what nothing shows any more is remembered; longer where it is kept for a page without a network. */
  readonly rememberMs?: number;
}

export function createQueryClient({ rememberMs = 10 * MINUTE_MS }: CacheOptions = {}): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 2 * MINUTE_MS, gcTime: rememberMs, retry: worthRetrying },
      mutations: { retry: false },
    },
  });
}
