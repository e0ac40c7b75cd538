/**
 * The one truth about the page's connection, for every indicator on it.
 */
import { useSyncExternalStore } from "react";
import type { ConnectionStatus } from "../live";
import { useProject } from "./project";

export interface UseConnectionStatus extends ConnectionStatus {
  readonly isConnected: boolean;
  /** Attempt to connect now instead of waiting for the next attempt. */
  readonly retry: () => void;
}

export function useConnectionStatus(): UseConnectionStatus {
  const { connection } = useProject();
  const status = useSyncExternalStore(connection.status.subscribe, connection.status.get);
  return { ...status, isConnected: status.phase === "live", retry: () => connection.retry() };
}
