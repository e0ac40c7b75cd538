/**
 * Hears an event of rooms while the component is mounted, in whichever room it is told.
 */
import { useEffect, useEffectEvent } from "react";
import { useProject } from "./project";

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller's word for what is told
export function useRoomEvent<Payload>(event: string, handler: (payload: Payload) => void): void {
  const { rooms } = useProject();
  const hear = useEffectEvent((payload: unknown) => handler(payload as Payload));
  useEffect(() => {
    const release = rooms.use();
    const unsubscribe = rooms.on(event, (payload) => hear(payload));
    return () => {
      unsubscribe();
      release();
    };
  }, [rooms, event]);
}
