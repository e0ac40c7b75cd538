/**
 * Shares live stores by name: the first user starts one, the last one to go stops it.
 *
 * The stop comes a moment after the last release, so that a page change or React's strict mode, which mount again at
 * once, do not leave and rejoin a channel.
 */
export interface Startable {
  start(): void;
  stop(): void;
}

const LINGER_MS = 50;

interface Entry {
  readonly store: Startable;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class LiveRegistry {
  readonly #entries = new Map<string, Entry>();

  /** Return the store of this name, made by `create` if there is none. Starts nothing: rendering has no effects. */
  get<Kind extends Startable>(name: string, create: () => Kind): Kind {
    const entry = this.#entries.get(name) ?? { store: create(), users: 0, timer: undefined };
    this.#entries.set(name, entry);
    return entry.store as Kind;
  }

  /** Use the store of this name until the returned function is called. */
  use(name: string): () => void {
    const entry = this.#entries.get(name);
    if (!entry) return () => undefined;
    clearTimeout(entry.timer);
    if (++entry.users === 1) entry.store.start();
    return () => {
      if (--entry.users === 0) entry.timer = setTimeout(() => this.#end(name, entry), LINGER_MS);
    };
  }

  #end(name: string, entry: Entry): void {
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
    entry.store.stop();
  }
}
