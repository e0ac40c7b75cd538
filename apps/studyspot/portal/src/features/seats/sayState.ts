/**
 * What the state of a seat means to whoever wants it: a word, and why it cannot be had. Pure.
 */
import { dayIn, sayMoment, sayTime } from "@millstream/kit/time";
import type { SeatState, SeatStatus } from "../plan/useSeatsAt";

export const STATE_WORDS: Readonly<Record<SeatStatus, string>> = {
  free: "Free",
  held: "Being booked",
  booked: "Booked",
  occupied: "Occupied",
  closed: "Closed",
  out_of_order: "Out of order",
};

const REASONS: Readonly<Record<Exclude<SeatStatus, "free">, string>> = {
  held: "Somebody is booking it right now. If they do not, it is free again in a few minutes.",
  booked: "It is booked for a part of this time.",
  occupied: "Somebody sits there now.",
  closed: "The library is closed for a part of this time.",
  out_of_order: "It cannot be used at the moment.",
};

/** Say why a seat is not to be had, and until when; null where it is free. */
export function sayWhyNot({ status, reason, until }: SeatState, zone: string, from: string): string | null {
  if (status === "free") return null;
  const said = status === "out_of_order" && reason ? `${REASONS.out_of_order} ${sentence(reason)}` : REASONS[status];
  if (until === null || status === "closed") return said;
  const sameDay = dayIn(until, zone) === dayIn(from, zone);
  return `${said} Until ${sameDay ? sayTime(until, zone) : sayMoment(until, zone)}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
