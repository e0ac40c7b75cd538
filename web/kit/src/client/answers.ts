/**
 * What the headers of answers say and supabase-js does not hand on: the log position of a snapshot, the server's time.
 *
 * A position is found by the abort signal of its request: the one thing that supabase-js gives to `fetch` untouched.
 */
import { parseLsn, type Position } from "./position";

/** The header by which an answer of the data API says up to which LSN it holds every commit. */
export const POSITION_HEADER = "Millstream-Lsn";

/** The Date header has full seconds: on average the answer was made half a second later. */
const HALF_A_SECOND_MS = 500;
/** Differences that the header cannot tell from the way of the answer are none. */
const TOLERANCE_MS = 1_500;

export class Answers {
  readonly #positions = new WeakMap<AbortSignal, Position>();
  #clockAheadMs = 0;

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const lsn = parseLsn(response.headers.get(POSITION_HEADER));
    if (init?.signal && lsn !== null) this.#positions.set(init.signal, { lsn, index: 0 });
    this.#noteTime(response.headers.get("Date"));
    return response;
  };

  positionOf(signal: AbortSignal): Position | null {
    return this.#positions.get(signal) ?? null;
  }

  /** The server's time in milliseconds, as far as its answers tell: deadlines are the server's, clocks differ. */
  now(): number {
    return Date.now() - this.#clockAheadMs;
  }

  #noteTime(date: string | null): void {
    const server = Date.parse(date ?? "") + HALF_A_SECOND_MS;
    if (Number.isNaN(server)) return;
    const aheadMs = Date.now() - server;
    this.#clockAheadMs = Math.abs(aheadMs) > TOLERANCE_MS ? aheadMs : 0;
  }
}
