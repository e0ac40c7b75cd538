/**
 * Loads a query again whenever rows of its tables change, and after the connection was lost.
 *
 * For lists that the server puts together; rows that stand in one table are better kept by `useLiveRows`.
 */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { type Binding, rowFeed } from "../client";
import { useProject } from "./project";

/** Without a topic nothing is watched. */
export function useRefetchOnChange(topic: string | null, bindings: readonly Binding[], queryKey: QueryKey): void {
  const { client } = useProject();
  const queryClient = useQueryClient();
  const refetch = useEffectEvent(() => void queryClient.invalidateQueries({ queryKey }));
  const open = useEffectEvent((name: string) =>
    rowFeed(
      client,
      name,
      bindings,
    )({
      joined: () => refetch(),
      interrupted: () => undefined,
      changed: () => refetch(),
    }),
  );
  useEffect(() => (topic === null ? undefined : open(topic)), [topic]);
}
