/**
 * What a floor plan shows: zones with seats, each in a state that has a word, a pattern and a sign of its own. Pure.
 */
import type { Point, Size } from "./view";

export type PlanSeatStatus = "free" | "own" | "held" | "booked" | "occupied" | "closed" | "out_of_order";

export interface PlanZone extends Size {
  readonly id: string;
  readonly name: string;
}

export interface PlanSeat extends Point {
  readonly id: string;
  readonly zoneId: string;
  readonly label: string;
  readonly status: PlanSeatStatus;
  /** What else is to be said: the price, what it has, why and how long it is taken. */
  readonly said?: string;
  /** Stand back: it has not what was wished for. */
  readonly isFaint?: boolean;
}

/** In the order of the legend. */
export const STATUSES = ["free", "own", "held", "booked", "occupied", "closed", "out_of_order"] as const;

export const STATUS_LABELS: Readonly<Record<PlanSeatStatus, string>> = {
  free: "Free",
  own: "Yours",
  held: "Being booked",
  booked: "Booked",
  occupied: "Occupied",
  closed: "Closed",
  out_of_order: "Out of order",
};

/** Signs in a square of eight units around the middle, drawn as lines. */
export const SIGNS: Readonly<Record<PlanSeatStatus, string>> = {
  free: "",
  own: "M-4 0l3 3l5 -6",
  held: "M0 -4a4 4 0 1 0 .01 0M0 -2v2l1.5 1",
  booked: "M-3.5 -3h7v6.500h-7zM-3.5 -.800h7M-1.5 -4v1.500M1.5 -4v1.5",
  occupied: "M0 -4a1.8 1.8 0 1 0 .01 0M-3.5 4c0 -4.2 7 -4.2 7 0",
  closed: "M-4 0h8",
  out_of_order: "M-3 -3l6 6M3 -3l-6 6",
};

/** Say all about a seat in one line. */
export function saySeat({ label, status, said }: PlanSeat): string {
  return [`Seat ${label}`, STATUS_LABELS[status].toLowerCase(), said].filter(Boolean).join(", ");
}

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

const AHEAD: Readonly<Record<Direction, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

export function isDirection(key: string): key is Direction {
  return key in AHEAD;
}

export function step(direction: Direction, by: number): Point {
  const { x, y } = AHEAD[direction];
  return { x: x * by, y: y * by };
}

/** Return the next seat in a direction: what lies straight ahead counts as nearer than what lies aside. */
export function nextSeat<Seat extends Point>(from: Point, seats: readonly Seat[], direction: Direction): Seat | null {
  const { x, y } = AHEAD[direction];
  let nearest: Seat | null = null;
  let least = Infinity;
  for (const seat of seats) {
    const [dx, dy] = [seat.x - from.x, seat.y - from.y];
    const ahead = dx * x + dy * y;
    const aside = Math.abs(dx * y) + Math.abs(dy * x);
    const distance = ahead + 2 * aside;
    if (ahead > 0 && distance < least) [nearest, least] = [seat, distance];
  }
  return nearest;
}
