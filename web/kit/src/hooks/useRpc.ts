/**
 * What a function of the database answers, which only reads; asked anew when what it is asked has changed.
 */
import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../client";
import { useProject } from "./project";

export interface RpcOptions {
  /** False asks for nothing. */
  readonly enabled?: boolean;
  /** What the answer depends on besides, such as a row's version: a new one is a reason to ask again. */
  readonly since?: string | number | null | undefined;
}

export interface UseRpc<Answer> {
  readonly data: Answer | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

/** Whoever shows it first, or anew, is told what holds now. */
export function useRpc<Answer>(name: string, asked: object, options: RpcOptions = {}): UseRpc<Answer> {
  const { enabled = true, since } = options;
  const { client } = useProject();
  const { data, error, refetch } = useQuery({
    queryKey: [name, asked, since],
    enabled,
    staleTime: 0,
    queryFn: async ({ signal }): Promise<Answer> => {
      const answer = client.supabase.rpc(name, asked, { get: true }).abortSignal(signal);
      return unwrap(await answer) as Answer;
    },
  });
  return { data, error, reload: () => void refetch() };
}
