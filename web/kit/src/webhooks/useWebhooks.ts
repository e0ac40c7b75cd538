/**
 * The webhooks of whoever is signed in, by the project's own routes; asked again when the live figures move.
 */
import { projectRequest, type RequestFailed } from "../client";
import { useAction, useLiveView, useProject, type UseSession, useSession } from "../hooks";
import { showToast } from "../ui";
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Endpoint, WebhookFigures } from "./answers";

const KEY = "webhooks";

/** A list or a thing below `/webhooks/v1/`; null asks for nothing. */
export function useWebhooks<Answer>(path: string | null): UseQueryResult<Answer> {
  const { client } = useProject();
  const { user }: UseSession = useSession();
  return useQuery({
    queryKey: [KEY, user?.id, path],
    queryFn: () => projectRequest<Answer>(client, "GET", `webhooks/v1/${path ?? ""}`),
    enabled: path !== null && user !== null,
    placeholderData: keepPreviousData,
  });
}

/** The figures of an organisation's last day, live; the lists are asked for again whenever they move. */
export function useWebhookFigures(organisation: string): { figures: WebhookFigures | undefined; error: Error | null } {
  const queries = useQueryClient();
  const { rows, asOf, error } = useLiveView<WebhookFigures>({ view: "webhook_figures", key: [organisation] });
  const moved = asOf?.getTime();
  useEffect(() => {
    if (moved !== undefined) void queries.invalidateQueries({ queryKey: [KEY] });
  }, [moved, queries]);
  return { figures: rows?.[0], error };
}

export interface Call {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: object;
}

interface Told {
  readonly isGood?: boolean;
  readonly title: string;
  readonly message?: string;
}

/** Call something and say by a toast what came of it. */
export function useWebhookCall<Answer>(tell: (answer: Answer) => Told) {
  const queries = useQueryClient();
  const again = (): void => void queries.invalidateQueries({ queryKey: [KEY] });
  return useAction<Call, Answer>(
    (client, { method, path, body }) => projectRequest<Answer>(client, method, `webhooks/v1/${path}`, body),
    {
      onSuccess: (answer) => {
        const { isGood = true, ...words } = tell(answer);
        showToast({ id: KEY, kind: isGood ? "good" : "problem", ...words });
        again();
      },
      onError: ({ message }: RequestFailed) => {
        showToast({ id: KEY, kind: "problem", title: "That was not done", message });
        again();
      },
    },
  );
}

/** Try again what was given up at some endpoints, and say how much it is. */
export function useRetryFailed() {
  const queries = useQueryClient();
  const again = (): void => void queries.invalidateQueries({ queryKey: [KEY] });
  return useAction<readonly Endpoint[], number>(
    async (client, endpoints) => {
      const path = (id: string): string => `webhooks/v1/endpoints/${id}/retry-failed`;
      const retry = ({ id }: Endpoint) => projectRequest<{ readonly count: number }>(client, "POST", path(id));
      const answers = await Promise.all(endpoints.map(retry));
      return answers.reduce((sum, { count }) => sum + count, 0);
    },
    {
      onSuccess: (count) => {
        showToast({ id: KEY, kind: "good", title: `${count} are tried again` });
        again();
      },
      onError: ({ message }: RequestFailed) => {
        showToast({ id: KEY, kind: "problem", title: "Not all are tried again", message });
        again();
      },
    },
  );
}
