/**
 * The rows of a live view: a query that the server runs again whenever what it reads has changed.
 *
 * Components that show the same view with the same key share one channel.
 */
import { useEffect, useSyncExternalStore } from "react";
import { liveView, viewTopic } from "../client";
import { type LiveViewState, ViewState } from "../live";
import { useProject } from "./project";
import { useConnectionStatus } from "./useConnectionStatus";

export interface LiveViewDefinition {
  readonly view: string;
  /** The values of the view's parameters, in their order; null while they are not known, which joins nothing. */
  readonly key: readonly string[] | null;
}

export function useLiveView<Row>({ view, key }: LiveViewDefinition): LiveViewState<Row> {
  const { client, live } = useProject();
  const { isConnected } = useConnectionStatus();
  const enabled = key !== null;
  const topic = viewTopic(view, key ?? []);
  const store = live.get(topic, () => new ViewState<Row>(liveView<Row>(client, topic)));
  useEffect(() => (enabled ? live.use(topic) : undefined), [live, topic, enabled]);
  const state = useSyncExternalStore(store.state.subscribe, store.state.get);
  return { ...state, stale: state.stale || !isConnected };
}
