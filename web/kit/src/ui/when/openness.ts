/**
 * Whether a place is open, in a sentence. Pure.
 */
import { dayIn, sayDay, sayTime } from "../../time";

export interface Openness {
  readonly isOpen: boolean;
  readonly saying: string;
}

interface Known {
  readonly open_now: boolean;
  readonly opens_next: string | null;
}

export function openness({ open_now, opens_next }: Known, zone: string, now: number): Openness {
  if (open_now) return { isOpen: true, saying: "Open now" };
  if (opens_next === null) return { isOpen: false, saying: "Closed" };
  const today = dayIn(opens_next, zone) === dayIn(new Date(now), zone);
  const day = today ? "" : `${sayDay(opens_next, zone)}, `;
  return { isOpen: false, saying: `Opens ${day}${sayTime(opens_next, zone)}` };
}
