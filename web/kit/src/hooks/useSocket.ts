/**
 * The page's connection to rooms: open while a component that uses it is mounted, one for all of them.
 */
import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { RoomAnswer } from "../client";
import { useProject } from "./project";
import type { UseConnectionStatus } from "./useConnectionStatus";

export interface UseSocket extends UseConnectionStatus {
  /** Ask the server for something, such as an operation: `ask("call", "hold_seat", { … })`. */
  readonly ask: (event: string, ...args: readonly unknown[]) => Promise<RoomAnswer>;
}

export function useSocket(): UseSocket {
  const { rooms } = useProject();
  useEffect(() => rooms.use(), [rooms]);
  const { subscribe, get } = rooms.connection.status;
  const status = useSyncExternalStore(subscribe, get);
  const ask = useCallback<UseSocket["ask"]>((event, ...args) => rooms.ask(event, ...args), [rooms]);
  return { ...status, isConnected: status.phase === "live", retry: () => rooms.connection.retry(), ask };
}
