/**
 * Whose page this is, for everything on it: undefined until the stored session was read, null when nobody is signed in.
 *
 * Life cycle: `start` listens until `stop`; what was heard last stays.
 */
import { type ProjectClient, type Session, watchSession } from "../client";
import { type Readable, Store } from "./store";

export class SessionWatch {
  readonly #client: ProjectClient;
  readonly #session = new Store<Session | null | undefined>(undefined);
  #stop: (() => void) | null = null;

  constructor(client: ProjectClient) {
    this.#client = client;
  }

  get session(): Readable<Session | null | undefined> {
    return this.#session;
  }

  start(): void {
    this.#stop ??= watchSession(this.#client, (session) => this.#session.set(session));
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }
}
