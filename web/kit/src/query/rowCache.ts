/**
 * Lets a live store read and write the rows of one query key in TanStack's cache.
 */
import type { QueryClient, QueryKey } from "@tanstack/react-query";

export function rowCache<Row>(queryClient: QueryClient, queryKey: QueryKey) {
  return {
    read: (): readonly Row[] | undefined => queryClient.getQueryData<readonly Row[]>(queryKey),
    write: (rows: readonly Row[]): void => {
      queryClient.setQueryData<readonly Row[]>(queryKey, rows);
    },
  };
}
