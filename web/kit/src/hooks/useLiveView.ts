/**
 * The rows of a live view: a query that the server runs again whenever what it reads has changed.
 *
 * Components that show the same view with the same key share one channel. Until the server has told the rows, those that
 * this person was shown last stand in their place, marked `stale`.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { liveView, viewTopic } from "../client";
import { type LiveViewState, ViewState } from "../live";
import { useProject } from "./project";
import { useConnectionStatus } from "./useConnectionStatus";
import { useSession } from "./useSession";

export interface LiveViewDefinition {
  readonly view: string;
  /** The values of the view's parameters, in their order; null while they are not known, which joins nothing. */
  readonly key: readonly string[] | null;
}

export function useLiveView<Row>({ view, key }: LiveViewDefinition): LiveViewState<Row> {
  const { client, live } = useProject();
  const { isConnected } = useConnectionStatus();
  const { user } = useSession();
  const queryClient = useQueryClient();
  const enabled = key !== null;
  const topic = viewTopic(view, key ?? []);
  const store = live.get(topic, () => new ViewState<Row>(liveView<Row>(client, topic)));
  useEffect(() => (enabled ? live.use(topic) : undefined), [live, topic, enabled]);
  const state = useSyncExternalStore(store.state.subscribe, store.state.get);

  const person = user?.id ?? null;
  const { rows } = state;
  useEffect(() => {
    if (rows) queryClient.setQueryData(["live view", topic, person], rows);
  }, [queryClient, topic, person, rows]);
  const before = queryClient.getQueryData<readonly Row[]>(["live view", topic, person]);
  return { ...state, rows: rows ?? before, stale: state.stale || rows === undefined || !isConnected };
}
