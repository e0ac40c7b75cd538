/**
 * What a page hears in rooms, over one connection that all its components share.
 *
 * `rooms` of resources are joined while somebody shows them, and again after every connection that is not the same one
 * recovered. Then something may have been missed: `onMissed` is told once the rooms are joined, so that what is loaded
 * anew lacks nothing. The connection is open while somebody uses it.
 */
import type { ProjectClient, RoomAnswer, RoomListener, RoomSocketOptions } from "../client";
import { RoomSocket } from "../client";
import { Connection, type ConnectionOptions, type ConnectionSource } from "./connection";
import { type Readable, Store } from "./store";

/** Where a page stands with a room that it asked for. */
export type RoomStanding = "waiting" | "joined" | "refused";

export interface RoomSource extends ConnectionSource {
  open(): Promise<void>;
  close(): void;
  ask(event: string, ...args: readonly unknown[]): Promise<RoomAnswer>;
}

type Handler = (payload: unknown) => void;

interface Room {
  readonly standing: Store<RoomStanding>;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A change of page, or React's strict mode, comes back at once. */
const LINGER_MS = 50;
const ASK_AGAIN_MS = 5_000;
/** What will not be granted by asking again. */
const FINAL = ["room_refused", "too_many_rooms", "event_unknown"];

export class Rooms {
  readonly connection: Connection;
  readonly #source: RoomSource;
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #rooms = new Map<string, Room>();
  readonly #missed = new Set<() => void>();
  #users = 0;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  constructor(connect: (listener: RoomListener) => RoomSource, options: ConnectionOptions, window?: EventTarget) {
    this.#source = connect({
      connected: (recovered) => void this.#connected(recovered),
      told: (event, payload) => this.#told(event, payload),
    });
    this.connection = new Connection(this.#source, window, options);
  }

  /** Keep the connection open until the returned function is called. */
  use(): () => void {
    clearTimeout(this.#ending);
    if (++this.#users === 1 && !this.#isOpen) {
      this.#isOpen = true;
      this.connection.start();
      void this.#source.open();
    }
    return () => {
      if (--this.#users === 0) this.#ending = setTimeout(() => this.#close(), LINGER_MS);
    };
  }

  /** Hear an event until the returned function is called. */
  on(event: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.#handlers.delete(event);
    };
  }

  /** Hear that something may have been missed, and what is shown should be loaded anew. */
  onMissed(listener: () => void): () => void {
    this.#missed.add(listener);
    return () => this.#missed.delete(listener);
  }

  /** Where the page stands with a room; a room that nobody joined is waited for. */
  standing(name: string): Readable<RoomStanding> {
    return this.#room(name).standing;
  }

  /** Be in a room until the returned function is called. */
  join(name: string): () => void {
    const room = this.#room(name);
    room.users += 1;
    if (room.standing.get() === "waiting") void this.#ask(name, room);
    else clearTimeout(room.timer);
    return () => {
      if (--room.users > 0) return;
      clearTimeout(room.timer);
      room.timer = setTimeout(() => this.#leave(name), LINGER_MS);
    };
  }

  /** Ask the server for something. */
  ask(event: string, ...args: readonly unknown[]): Promise<RoomAnswer> {
    return this.#source.ask(event, ...args);
  }

  #room(name: string): Room {
    const room = this.#rooms.get(name) ?? { standing: new Store<RoomStanding>("waiting"), users: 0, timer: undefined };
    this.#rooms.set(name, room);
    return room;
  }

  async #connected(recovered: boolean): Promise<void> {
    const wanted = [...this.#rooms].filter(([, { users }]) => users > 0);
    if (!recovered) for (const [, { standing }] of wanted) standing.set("waiting");
    await Promise.all(
      wanted.filter(([, { standing }]) => standing.get() === "waiting").map((room) => this.#ask(...room)),
    );
    if (!recovered) this.#missed.forEach((listener) => listener());
  }

  async #ask(name: string, room: Room): Promise<void> {
    clearTimeout(room.timer);
    try {
      const { status, code = "" } = await this.#source.ask("join", name);
      if (status === "ok") room.standing.set("joined");
      else if (FINAL.includes(code)) room.standing.set("refused");
      else room.timer = setTimeout(() => void this.#ask(name, room), ASK_AGAIN_MS);
    } catch {
      // Nobody is connected, or no longer: it is asked for again after the next connect.
    }
  }

  #leave(name: string): void {
    this.#rooms.delete(name);
    // Without a connection there is nothing to leave, unless it is recovered: then nobody listens.
    this.#source.ask("leave", name).catch(() => undefined);
  }

  #told(event: string, payload: unknown): void {
    if (event === "rooms:left") this.#left(payload as { readonly rooms?: readonly string[] });
    this.#handlers.get(event)?.forEach((handler) => handler(payload));
  }

  #left({ rooms = [] }: { readonly rooms?: readonly string[] }): void {
    for (const name of rooms) this.#rooms.get(name)?.standing.set("refused");
  }

  #close(): void {
    this.#isOpen = false;
    this.#source.close();
    this.connection.stop();
  }
}

/** The rooms of a project's page. */
export function roomsOf(client: ProjectClient, options: ConnectionOptions & RoomSocketOptions): Rooms {
  return new Rooms((listener) => new RoomSocket(client, listener, options), options);
}
