/**
 * Is in the room of a resource while the component is mounted, where the caller may be.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { RoomStanding } from "../live";
import { useProject } from "./project";

export interface RoomOptions {
  /** Called each time that the room was joined, not where a lost connection was recovered: load anew what is shown. */
  readonly onJoined?: () => void;
}

/** Join the room `<kind>:<id>`; null joins nothing. Returns where one stands with it. */
export function useRoom(name: string | null, { onJoined }: RoomOptions = {}): RoomStanding {
  const { rooms } = useProject();
  const joined = useEffectEvent(() => onJoined?.());
  useEffect(() => {
    if (name === null) return;
    const release = rooms.use();
    const leave = rooms.join(name);
    return () => {
      leave();
      release();
    };
  }, [rooms, name]);
  const { subscribe, get } = rooms.standing(name ?? "");
  const standing = useSyncExternalStore(subscribe, get);
  useEffect(() => {
    if (standing === "joined") joined();
  }, [standing]);
  return standing;
}
