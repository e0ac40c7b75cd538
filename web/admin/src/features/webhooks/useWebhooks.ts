/**
 * The lists and figures of webhooks, asked for again every two seconds, and the calls that change something.
 */
import { showToast } from "@millstream/kit/ui";
import {
  keepPreviousData,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { ask } from "../admin/ask";
import type { Part } from "../admin/answers";
import { EVERY_MS } from "../admin/useAdmin";
import { useAdminKey } from "../key/useAdminKey";

const ROOT = "webhooks/";
const KEY = "webhooks";

export function useWebhooks<Answer>(path: string): UseQueryResult<Answer> {
  const key = useAdminKey();
  return useQuery({
    queryKey: [KEY, path],
    queryFn: ({ signal }) => ask<Answer>(ROOT + path, { signal }),
    enabled: key !== null,
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

/** A list of the API, as the tables of this view take one. */
export function useWebhookList<Entry>(path: string): UseQueryResult<Part<Entry>> {
  const key = useAdminKey();
  return useQuery({
    queryKey: [KEY, path],
    queryFn: async ({ signal }) => ({ shown: await ask<readonly Entry[]>(ROOT + path, { signal }) }),
    enabled: key !== null,
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

export interface Call {
  readonly method: "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
}

/** Calls something and says by a toast what came of it: `told` makes a title of the answer, and says whether it is good. */
export function useWebhookCall<Answer>(
  told: (answer: Answer) => { readonly good: boolean; readonly title: string; readonly message?: string },
): UseMutationResult<Answer, Error, Call> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: Call) =>
      ask<Answer>(ROOT + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    onSuccess: (answer) => {
      const { good, ...words } = told(answer);
      showToast({ id: KEY, kind: good ? "good" : "problem", ...words });
    },
    onError: ({ message }) => showToast({ id: KEY, kind: "problem", title: "That was not done", message }),
    onSettled: () => cache.invalidateQueries({ queryKey: [KEY] }),
  });
}
