/**
 * What a screen reader is told about live changes: the latest sentence, and never more than one in five seconds.
 */
import { type Readable, Store } from "./store";

const GAP_MS = 5_000;

export class Announcer {
  readonly #spoken = new Store("");
  #pending: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get spoken(): Readable<string> {
    return this.#spoken;
  }

  /** Say this now, or when the gap is over unless something newer is to be said by then. */
  say(sentence: string): void {
    this.#pending = sentence;
    if (this.#timer === undefined) this.#speak();
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#pending === null) return;
    this.#spoken.set(this.#pending);
    this.#pending = null;
    this.#timer = setTimeout(() => this.#speak(), GAP_MS);
  }
}
