/**
 * Who is in a room, and oneself among them for as long as one wants to be seen.
 *
 * Receives joins, interruptions and everybody's state from a channel of `client/`; keeps one entry a person, the newest
 * of their pages. After each join, the first or one after a lost connection, it tracks again what was tracked last.
 * While the connection is lost those who were there stay, and `isLive` is false.
 */
import type { OpenPresence, Present, PresenceChannel, PresenceListener, Shown } from "../client";
import { type Readable, Store } from "./store";

export interface PresenceState<State> {
  readonly people: readonly Present<State>[];
  readonly isLive: boolean;
}

export class PresenceRoom<State extends Shown> implements PresenceListener<State> {
  readonly #open: OpenPresence<State>;
  readonly #state = new Store<PresenceState<State>>({ people: [], isLive: false });
  #channel: PresenceChannel<State> | null = null;
  #tracked: State | null = null;

  constructor(open: OpenPresence<State>) {
    this.#open = open;
  }

  get state(): Readable<PresenceState<State>> {
    return this.#state;
  }

  start(): void {
    this.#channel ??= this.#open(this);
  }

  stop(): void {
    this.#channel?.leave();
    this.#channel = null;
    this.#tracked = null;
    this.#state.set({ people: [], isLive: false });
  }

  /** Be seen with this state from now on, null is not at all; what says the same as before is not sent again. */
  track(state: State | null): void {
    if (JSON.stringify(state) === JSON.stringify(this.#tracked)) return;
    this.#tracked = state;
    if (this.#state.get().isLive) this.#channel?.track(state);
  }

  joined(): void {
    this.#state.set({ ...this.#state.get(), isLive: true });
    if (this.#tracked) this.#channel?.track(this.#tracked);
  }

  interrupted(): void {
    this.#state.set({ ...this.#state.get(), isLive: false });
  }

  present(everybody: readonly Present<State>[]): void {
    const newest = new Map(everybody.map((page) => [page.key, page]));
    this.#state.set({ ...this.#state.get(), people: [...newest.values()] });
  }
}
