/**
 * Hears events of rooms while the component is mounted, in whichever room they are told.
 */
import { useEffect, useEffectEvent } from "react";
import { useProject } from "./project";

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller's word for what is told
export function useRoomEvents<Payload, Name extends string = string>(
  events: readonly Name[],
  handler: (payload: Payload, event: Name) => void,
): void {
  const { rooms } = useProject();
  const hear = useEffectEvent((payload: unknown, event: string) => handler(payload as Payload, event as Name));
  const names = events.join(" ");
  useEffect(() => {
    const release = rooms.use();
    const unsubscribes = names.split(" ").map((name) => rooms.on(name, (payload) => hear(payload, name)));
    return () => {
      unsubscribes.forEach((unsubscribe) => unsubscribe());
      release();
    };
  }, [rooms, names]);
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller's word for what is told
export function useRoomEvent<Payload>(event: string, handler: (payload: Payload) => void): void {
  useRoomEvents<Payload>([event], handler);
}
