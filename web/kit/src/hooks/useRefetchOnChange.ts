/**
 * Loads a query again whenever rows of its tables change, and after the connection was lost.
 *
 * For lists that the server puts together; rows that stand in one table are better kept by `useLiveRows`.
 */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { type Binding, rowFeed } from "../client";
import { useProject } from "./project";

export function useRefetchOnChange(topic: string, bindings: readonly Binding[], queryKey: QueryKey): void {
  const { client } = useProject();
  const queryClient = useQueryClient();
  const refetch = useEffectEvent(() => void queryClient.invalidateQueries({ queryKey }));
  const open = useEffectEvent(() =>
    rowFeed(
      client,
      topic,
      bindings,
    )({
      joined: () => refetch(),
      interrupted: () => undefined,
      changed: () => refetch(),
    }),
  );
  useEffect(() => open(), [topic]);
}
