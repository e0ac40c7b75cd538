/**
 * Keeps the rows of one query equal to the database for as long as somebody looks.
 *
 * Receives changes from a feed of `client/` and snapshots from a fetch; writes both to a row cache, which is the only
 * place where rows are kept. The order is: join, wait until changes flow, fetch, then apply. Changes that arrive while
 * the fetch is under way wait for it and are applied after it, except those that the snapshot already holds (by LSN).
 * Changes that were applied before are dropped: the server may repeat some after a crash.
 *
 * Life cycle: `start` joins; a lost connection makes the rows `stale` but keeps them. A later join goes on where they
 * stopped, when the server still knows what was missed and tells it; otherwise it fetches anew. `stop` leaves, after
 * which nothing is written any more. When no channel can be joined the rows are fetched all the same after
 * `JOIN_PATIENCE_MS`, and stay `stale`.
 */
import {
  comparePositions,
  type FeedListener,
  type JoinOutcome,
  type OpenFeed,
  type Position,
  type RowChange,
} from "../client";
import { applyChange, type KeyOf } from "./applyChange";
import { type Readable, Store } from "./store";

/** How long the first fetch waits for the channel: a page without a socket must still show something. */
export const JOIN_PATIENCE_MS = 1_500;
const RETRY_MS = [1_000, 2_000, 5_000] as const;
const LAST_RETRY_MS = 10_000;

export interface Snapshot<Row> {
  readonly rows: readonly Row[];
  /** The log position that the snapshot is known to hold; null when the server did not say. */
  readonly position: Position | null;
}

/** Where rows are kept. `read` is undefined until the first write. */
export interface RowCache<Row> {
  read(): readonly Row[] | undefined;
  write(rows: readonly Row[]): void;
}

export interface LiveRowsSource<Row> {
  readonly open: OpenFeed<Row>;
  readonly fetch: (signal: AbortSignal) => Promise<Snapshot<Row>>;
  readonly keyOf: KeyOf<Row>;
}

export interface LiveState {
  /** The channel is joined: changes flow. */
  readonly isLive: boolean;
  /** What is shown may be out of date: not joined, or joined and not yet fetched again. */
  readonly stale: boolean;
  /** Why the last fetch failed; null after one that did not. */
  readonly error: Error | null;
  /** When the rows were last known to be right; null before the first snapshot. */
  readonly asOf: Date | null;
}

export class LiveRows<Row> implements FeedListener<Row> {
  readonly #source: LiveRowsSource<Row>;
  readonly #cache: RowCache<Row>;
  readonly #state = new Store<LiveState>({ isLive: false, stale: true, error: null, asOf: null });
  readonly #listeners = new Set<(change: RowChange<Row>) => void>();
  #close: (() => void) | null = null;
  #fetch: AbortController | null = null;
  #waiting: RowChange<Row>[] = [];
  /** The newest change that was applied, and the place up to which the snapshot holds everything. */
  #applied: Position | null = null;
  #held: Position | null = null;
  /** The rows are those of a snapshot and of every change since. */
  #complete = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(source: LiveRowsSource<Row>, cache: RowCache<Row>) {
    this.#source = source;
    this.#cache = cache;
  }

  get state(): Readable<LiveState> {
    return this.#state;
  }

  start(): void {
    if (this.#close) return;
    this.#later(JOIN_PATIENCE_MS);
    this.#close = this.#source.open(this);
  }

  stop(): void {
    this.#close?.();
    this.#close = null;
    this.#abandonFetch();
    this.#change({ isLive: false, stale: true });
  }

  /** Fetch again now, whatever the connection does. */
  reload(): void {
    void this.#load();
  }

  /** Hear each change after it was applied. What a snapshot brings is state, not a change, and is not reported. */
  onChange(listener: (change: RowChange<Row>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  mayResume(): boolean {
    return this.#complete;
  }

  joined(outcome: JoinOutcome): void {
    this.#change({ isLive: true });
    if (outcome === "resumed" && (this.#complete || this.#fetch)) return;
    this.#applied = this.#held = null;
    void this.#load();
  }

  caughtUp(): void {
    if (this.#complete) this.#change({ stale: !this.#state.get().isLive, error: null, asOf: new Date() });
  }

  interrupted(): void {
    if (this.#state.get().isLive) this.#change({ isLive: false, stale: true, asOf: this.#lastRight() });
  }

  changed(change: RowChange<Row>): void {
    if (this.#fetch) this.#waiting.push(change);
    else if (this.#cache.read()) this.#apply([change]);
  }

  async #load(): Promise<void> {
    this.#abandonFetch();
    const fetch = (this.#fetch = new AbortController());
    try {
      const snapshot = await this.#source.fetch(fetch.signal);
      if (fetch !== this.#fetch) return;
      this.#fetch = null;
      this.#failures = 0;
      this.#held = snapshot.position;
      this.#complete = true;
      this.#cache.write(snapshot.rows);
      this.#apply(this.#waiting.splice(0));
      this.#change({ stale: !this.#state.get().isLive, error: null, asOf: new Date() });
    } catch (error) {
      if (fetch !== this.#fetch) return;
      this.#abandonFetch();
      this.#change({ error: error instanceof Error ? error : new Error(String(error)) });
      this.#later(RETRY_MS[this.#failures++] ?? LAST_RETRY_MS);
    }
  }

  #apply(changes: readonly RowChange<Row>[]): void {
    const before = this.#cache.read() ?? [];
    const fresh = changes.filter((change) => this.#isNews(change));
    const after = fresh.reduce((rows, change) => applyChange(rows, change, this.#source.keyOf), before);
    if (after !== before) this.#cache.write(after);
    for (const change of fresh) this.#listeners.forEach((listener) => listener(change));
  }

  /** A transaction is in a snapshot whole or not at all, so its LSN alone decides. */
  #isNews({ position }: RowChange<Row>): boolean {
    if (!position) return true;
    if (this.#held && position.lsn <= this.#held.lsn) return false;
    if (this.#applied && comparePositions(position, this.#applied) <= 0) return false;
    this.#applied = position;
    return true;
  }

  #lastRight(): Date | null {
    const { stale, asOf } = this.#state.get();
    return stale ? asOf : new Date();
  }

  #abandonFetch(): void {
    clearTimeout(this.#timer);
    this.#fetch?.abort();
    this.#fetch = null;
    this.#complete &&= this.#waiting.length === 0;
    this.#waiting = [];
  }

  #later(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), delayMs);
  }

  #change(part: Partial<LiveState>): void {
    this.#state.set({ ...this.#state.get(), ...part });
  }
}
