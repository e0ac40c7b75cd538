/**
 * What a seat costs for a range of time, line by line, as the server calculates it.
 */
import { unwrap } from "@millstream/kit/client";
import { useProject } from "@millstream/kit/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Json } from "../../database.types";

export interface Quote {
  readonly total: number;
  readonly quote: Json;
}

export interface UseQuote {
  readonly quote: Quote | undefined;
  readonly error: Error | null;
}

/** `known` is the amount that the plan shows: when it changes, the lines are asked for anew. */
export function useQuote(seat: string, from: string, until: string, known?: number | null): UseQuote {
  const { client } = useProject();
  const { data, error } = useQuery({
    queryKey: ["quote_seat", seat, from, until, known],
    queryFn: async ({ signal }): Promise<Quote> => {
      const asked = { of_seat: seat, from_time: from, until_time: until };
      const found = client.supabase.rpc("quote_seat", asked, { get: true }).abortSignal(signal);
      const quote = unwrap(await found) as Json;
      return { total: Number((quote as { total?: unknown } | null)?.total), quote };
    },
  });
  return { quote: data, error };
}
