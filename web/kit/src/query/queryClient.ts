/**
 * The cache of a page, TanStack Query's: the only place where what the server said is kept.
 */
import { QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "../client";

const MINUTE_MS = 60_000;

/** A refusal is an answer: only what may go better next time is asked again. */
export function worthRetrying(failures: number, error: Error): boolean {
  const refused = error instanceof RequestFailed && error.status >= 400 && error.status < 500;
  return !refused && failures < 3;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 2 * MINUTE_MS, gcTime: 10 * MINUTE_MS, retry: worthRetrying },
      mutations: { retry: false },
    },
  });
}
