/**
 * The figures of the whole project with their recent past, renewed every two seconds.
 */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { Overview } from "../admin/answers";
import { ask } from "../admin/ask";
import { EVERY_MS } from "../admin/useAdmin";
import { useAdminKey } from "../key/useAdminKey";
import { watch, type Watched } from "./rates";

const KEY = ["watched"];

export function useOverview(): UseQueryResult<Watched> {
  const key = useAdminKey();
  const cache = useQueryClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => watch(cache.getQueryData<Watched>(KEY), await ask<Overview>("overview", { signal })),
    enabled: key !== null,
    refetchInterval: EVERY_MS,
  });
}
