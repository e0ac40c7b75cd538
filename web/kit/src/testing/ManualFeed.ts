/**
 * A feed that a test plays by hand, in place of a channel: the network's edge, not our code.
 */
import type { FeedListener, JoinOutcome, OpenFeed, Position, RowChange } from "../client";

export class ManualFeed<Row> {
  #listener: FeedListener<Row> | null = null;
  opened = 0;

  readonly open: OpenFeed<Row> = (listener) => {
    this.opened++;
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = null;
    };
  };

  get isOpen(): boolean {
    return this.#listener !== null;
  }

  join(outcome: JoinOutcome = "started"): void {
    this.#listener?.joined(outcome);
  }

  /** Whether the next join would go on from the last position. */
  get mayResume(): boolean {
    return this.#listener?.mayResume?.() ?? false;
  }

  catchUp(): void {
    this.#listener?.caughtUp?.();
  }

  interrupt(reason = "socket closed"): void {
    this.#listener?.interrupted(reason);
  }

  send(change: Partial<RowChange<Row>> & Pick<RowChange<Row>, "event">): void {
    this.#listener?.changed({ row: {}, before: {}, position: null, ...change });
  }
}

/** Write a position as the log does: `at("0/16B3748")`, or `at("0/16B3748", 2)` for its third change. */
export function at(lsn: string, index = 0): Position {
  const [high = "0", low = "0"] = lsn.split("/");
  return { lsn: (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`), index };
}
