/**
 * Opens a channel of presence: who else is here, and what each of them shows of themselves.
 *
 * The library rejoins by itself after a lost connection, with an empty room: `joined` is called again then, and whoever
 * wants to be seen must track anew. Rows are watched over channels of their own, never over this one's topic.
 */
import { REALTIME_SUBSCRIBE_STATES } from "@supabase/supabase-js";
import type { ProjectClient } from "./project";

/** What somebody shows of themselves; small, for everybody in the room gets it. */
export type Shown = Record<string, unknown>;

export interface Present<State> {
  /** Whose presence this is: one key is one person, however many pages they have open. */
  readonly key: string;
  readonly state: State;
}

export interface PresenceListener<State> {
  joined(): void;
  interrupted(): void;
  /** Everybody who is here, one entry a page. */
  present(everybody: readonly Present<State>[]): void;
}

export interface PresenceChannel<State> {
  /** Be seen with this state; again replaces it; null is not to be seen any more. */
  track(state: State | null): void;
  /** Be gone; safe to call twice. */
  leave(): void;
}

export interface PresenceRoomName {
  readonly topic: string;
  readonly key: string;
  /** A topic that policies on `realtime.messages` guard. */
  readonly isPrivate: boolean;
}

export type OpenPresence<State> = (listener: PresenceListener<State>) => PresenceChannel<State>;

export function presenceChannel<State extends Shown>(
  client: ProjectClient,
  room: PresenceRoomName,
): OpenPresence<State> {
  return (listener) => {
    let opened: PresenceChannel<State> | null = null;
    let closed = false;
    void client.leaving.of(room.topic).then(() => {
      if (!closed) opened = join(client, room, listener);
    });
    return {
      track: (state) => opened?.track(state),
      leave: () => {
        closed = true;
        opened?.leave();
        opened = null;
      },
    };
  };
}

function join<State extends Shown>(
  client: ProjectClient,
  { topic, key, isPrivate }: PresenceRoomName,
  listener: PresenceListener<State>,
): PresenceChannel<State> {
  const channel = client.supabase.channel(topic, { config: { private: isPrivate, presence: { key, enabled: true } } });
  channel.on("presence", { event: "sync" }, () => {
    const everybody = Object.entries(channel.presenceState<State>());
    listener.present(everybody.flatMap(([owner, pages]) => pages.map((state) => ({ key: owner, state }))));
  });
  channel.subscribe((status) => {
    if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) listener.joined();
    else listener.interrupted();
  });
  return {
    track: (state) => void (state ? channel.track(state) : channel.untrack()),
    leave: () => client.leaving.add(topic, client.supabase.removeChannel(channel)),
  };
}
