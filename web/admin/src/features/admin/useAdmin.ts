/**
 * One list or figure of the server, asked for again every two seconds while somebody looks at it.
 */
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useAdminKey } from "../key/useAdminKey";
import { ask } from "./ask";

export const EVERY_MS = 2_000;

export function useAdmin<Answer>(path: string): UseQueryResult<Answer> {
  const key = useAdminKey();
  return useQuery({
    queryKey: ["admin", path],
    queryFn: ({ signal }) => ask<Answer>(path, { signal }),
    enabled: key !== null,
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}
