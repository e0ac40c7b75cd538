/**
 * The connections of a page as its reader sees them: as well as the worse of the two that it may have.
 */
import { useSyncExternalStore } from "react";
import { type ConnectionStatus, worseOf } from "../live";
import { useProject } from "./project";
import type { UseConnectionStatus } from "./useConnectionStatus";

export function usePageConnection(): UseConnectionStatus {
  const { connection, rooms } = useProject();
  const channels = useStatus(connection);
  const status = worseOf(channels, useStatus(rooms.connection));
  const retry = (): void => [connection, rooms.connection].forEach((each) => each.retryIfStranded());
  return { ...status, isConnected: status.phase === "live", retry };
}

function useStatus({ status }: ReturnType<typeof useProject>["connection"]): ConnectionStatus {
  return useSyncExternalStore(status.subscribe, status.get);
}
