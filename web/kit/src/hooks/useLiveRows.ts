/**
 * Rows of a query that stay equal to the database while the component is mounted.
 *
 * Joins the channel, waits until changes flow, fetches, then applies changes by key. While the connection is lost the
 * rows stay, marked `stale`; afterwards they are fetched anew. Components that name the same topic share one channel.
 */
import { type QueryKey, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { type Binding, type RowChange, rowFeed } from "../client";
import { type KeyOf, LiveRows, type LiveState, type Snapshot } from "../live";
import { rowCache } from "../query";
import { useProject } from "./project";
import { useConnectionStatus } from "./useConnectionStatus";

export interface LiveRowsDefinition<Row> {
  /** The channel's name; it identifies the definition, so everything that `fetch` depends on belongs into it. */
  readonly topic: string;
  readonly bindings: readonly Binding[];
  readonly queryKey: QueryKey;
  /** Fetch all rows; give the signal to the request, by it the answer's log position is found. */
  readonly fetch: (signal: AbortSignal) => Promise<readonly Row[]>;
  readonly keyOf: KeyOf<Row>;
  /** False keeps the channel closed and asks for nothing, for rows that nobody can have yet. */
  readonly enabled?: boolean;
  /** Called after each applied change; not for what a snapshot brings. */
  readonly onChange?: (change: RowChange<Row>) => void;
}

export interface LiveRowsResult<Row> extends LiveState {
  /** Undefined until the first snapshot. */
  readonly rows: readonly Row[] | undefined;
  readonly reload: () => void;
}

export function useLiveRows<Row>(definition: LiveRowsDefinition<Row>): LiveRowsResult<Row> {
  const { topic, queryKey, enabled = true } = definition;
  const { client, live } = useProject();
  const { isConnected } = useConnectionStatus();
  const queryClient = useQueryClient();
  const store = live.get(topic, () => {
    const { bindings, keyOf } = definition;
    const fetch = async (signal: AbortSignal): Promise<Snapshot<Row>> => {
      const rows = await definition.fetch(signal);
      return { rows, position: client.positionOfAnswer(signal) };
    };
    return new LiveRows({ open: rowFeed<Row>(client, topic, bindings), fetch, keyOf }, rowCache(queryClient, queryKey));
  });
  const changed = useEffectEvent((change: RowChange<Row>) => definition.onChange?.(change));

  useEffect(() => {
    if (!enabled) return;
    const unsubscribe = store.onChange((change) => changed(change));
    const release = live.use(topic);
    return () => {
      unsubscribe();
      release();
    };
  }, [live, topic, store, enabled]);

  const state = useSyncExternalStore(store.state.subscribe, store.state.get);
  const { data: rows } = useQuery<readonly Row[]>({ queryKey, queryFn: skipToken, staleTime: Infinity });
  const reload = useCallback(() => store.reload(), [store]);
  // A browser without a network says so long before its socket notices: then nothing is live.
  return { ...state, isLive: state.isLive && isConnected, stale: state.stale || !isConnected, rows, reload };
}
