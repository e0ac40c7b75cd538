/**
 * Who else is here, and being seen here oneself: on this page, in this form, with this record.
 *
 * Without a state one only looks. A new state is sent when it says something new, and again after every rejoin. The
 * room is left with the last component that shows it.
 */
import { useEffect, useSyncExternalStore } from "react";
import { type Present, presenceChannel, type Shown } from "../client";
import { PresenceRoom } from "../live";
import { useProject } from "./project";

export interface PresenceDefinition<State> {
  readonly topic: string;
  /** Who one is: one key is one person, in however many pages. */
  readonly presenceKey: string;
  /** What others see; null only looks. */
  readonly state: State | null;
  /** A topic that policies on `realtime.messages` guard. */
  readonly isPrivate?: boolean;
}

export interface UsePresence<State> {
  readonly people: readonly Present<State>[];
  /** Everybody but oneself. */
  readonly others: readonly Present<State>[];
  readonly isLive: boolean;
}

export function usePresence<State extends Shown>(definition: PresenceDefinition<State>): UsePresence<State> {
  const { topic, presenceKey, state, isPrivate = false } = definition;
  const { client, live } = useProject();
  const name = `presence ${topic} ${presenceKey}`;
  const room = live.get(
    name,
    () => new PresenceRoom<State>(presenceChannel(client, { topic, key: presenceKey, isPrivate })),
  );
  useEffect(() => live.use(name), [live, name]);
  useEffect(() => room.track(state), [room, state]);
  const { people, isLive } = useSyncExternalStore(room.state.subscribe, room.state.get);
  return { people, others: people.filter(({ key }) => key !== presenceKey), isLive };
}
