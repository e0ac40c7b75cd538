/**
 * Entries that are on their way: shown where they were dropped until the server has answered, and back where they were
 * when it refused.
 */
import { useState } from "react";
import type { CalendarMove, Moves } from "./entries";

export interface UseMoves {
  readonly moves: Moves;
  readonly move: (to: CalendarMove) => void;
}

/** `send` resolves when the entries show the move, and rejects when it was refused; saying so is its own matter. */
export function useMoves(send: ((to: CalendarMove) => Promise<unknown>) | undefined): UseMoves {
  const [moves, setMoves] = useState<Moves>(new Map());
  const forget = (to: CalendarMove): void =>
    setMoves((present) => new Map([...present].filter(([, other]) => other !== to)));
  const move = (to: CalendarMove): void => {
    if (!send) return;
    setMoves((present) => new Map(present).set(to.id, to));
    send(to).then(
      () => forget(to),
      () => forget(to),
    );
  };
  return { moves, move };
}
