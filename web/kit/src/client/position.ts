/**
 * Places in the server's write-ahead log, as changes and snapshots carry them.
 *
 * A change is at (commit LSN, index within its transaction); a snapshot is at an LSN and holds every transaction that
 * committed at or before it. Servers that send no positions are served too: then nothing is known, and nothing dropped.
 */
export interface Position {
  readonly lsn: bigint;
  readonly index: number;
}

/** Read PostgreSQL's text form of a log sequence number, `16/B374D848`; null for anything else. */
export function parseLsn(text: unknown): bigint | null {
  if (typeof text !== "string") return null;
  const parts = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  return parts ? (BigInt(`0x${parts[1] ?? ""}`) << 32n) | BigInt(`0x${parts[2] ?? ""}`) : null;
}

/** Order two positions as the log does: negative when `a` comes first. */
export function comparePositions(a: Position, b: Position): number {
  if (a.lsn !== b.lsn) return a.lsn < b.lsn ? -1 : 1;
  return a.index - b.index;
}

/** The header by which an answer of the data API says up to which LSN it holds every commit. */
export const POSITION_HEADER = "Millstream-Lsn";

/**
 * Remembers what answers said about their position, by the abort signal of their request: the one thing that
 * supabase-js hands through to `fetch` untouched.
 */
export class AnswerPositions {
  readonly #positions = new WeakMap<AbortSignal, Position>();

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const lsn = parseLsn(response.headers.get(POSITION_HEADER));
    if (init?.signal && lsn !== null) this.#positions.set(init.signal, { lsn, index: 0 });
    return response;
  };

  of(signal: AbortSignal): Position | null {
    return this.#positions.get(signal) ?? null;
  }
}
