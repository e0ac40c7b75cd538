/**
 * Places in the server's write-ahead log, as changes and snapshots carry them. Pure.
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

/** Write a log sequence number as PostgreSQL does. */
export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}

/** Order two positions as the log does: negative when `a` comes first. */
export function comparePositions(a: Position, b: Position): number {
  if (a.lsn !== b.lsn) return a.lsn < b.lsn ? -1 : 1;
  return a.index - b.index;
}
