/**
 * The seats of a library as its plan shows them: each with its state, and in words what it costs or why it is taken. Pure.
 */
import type { PlanSeat } from "@millstream/kit/ui";
import type { LibraryRow, SeatRow } from "../../rows";
import { price } from "../money";
import type { SeatState } from "./useSeatsAt";

export interface PlanWish {
  /** The seat that is held for whoever looks. */
  readonly own?: string | undefined;
  /** What a seat must have not to be faint. */
  readonly wanted?: readonly string[];
}

type Place = Pick<LibraryRow, "currency">;
type States = ReadonlyMap<string, SeatState> | undefined;

/** While the states are not known all seats stand there as closed. */
export function seatsOfPlan(
  { currency }: Place,
  seats: readonly SeatRow[],
  states: States,
  { own, wanted = [] }: PlanWish = {},
): readonly PlanSeat[] {
  return seats.map((seat) => {
    const { id, zone_id: zoneId, label, x, y } = seat;
    const state = states?.get(id);
    const said = id === own ? "held for you" : sayMore(seat, state, currency);
    const status = id === own ? "own" : (state?.status ?? "closed");
    return { id, zoneId, label, x, y, status, said, isFaint: !fits(seat, wanted) };
  });
}

function sayMore({ attributes }: SeatRow, state: SeatState | undefined, currency: string): string {
  if (state?.status !== "free") return state?.reason ?? "";
  const cost = state.amount === null ? [] : [price(state.amount, currency)];
  return [...cost, ...attributes].join(", ");
}

export function fits({ attributes }: Pick<SeatRow, "attributes">, wanted: readonly string[]): boolean {
  return wanted.every((one) => attributes.includes(one));
}

/** Count the free ones that fit; undefined until that is known. */
export function countFree(
  seats: readonly SeatRow[],
  states: States,
  wanted: readonly string[] = [],
): number | undefined {
  return states && seats.filter((seat) => fits(seat, wanted) && states.get(seat.id)?.status === "free").length;
}

/** Return what some seat has, in the order in which it is usually asked for. */
export function offeredBy(seats: readonly SeatRow[]): readonly string[] {
  const order = ["socket", "window", "quiet", "monitor", "standing", "accessible"];
  return order.filter((attribute) => seats.some(({ attributes }) => attributes.includes(attribute)));
}
