/**
 * How many seats are free in each zone now, as long as the next step of time lasts; kept current by the library's room.
 */
import { useNow } from "@millstream/kit/hooks";
import type { LibraryRow, SeatRow, ZoneRow } from "../../rows";
import { usePlan } from "../plan/usePlan";
import { type SeatState, useSeatsAt } from "../plan/useSeatsAt";

export interface FreeOfZone {
  readonly zone: ZoneRow;
  readonly seats: number;
  readonly free: number;
}

export interface UseFreeByZone {
  readonly zones: readonly FreeOfZone[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

const MINUTE_MS = 60_000;

export function useFreeByZone({ id, slot_minutes }: LibraryRow): UseFreeByZone {
  const plan = usePlan(id);
  const { from, until } = stepAt(useNow(), slot_minutes);
  const { states, error, reload } = useSeatsAt(id, from, until);
  const zones = plan.zones && plan.seats && states && freeOf(plan.zones, plan.seats, states);
  return { zones, error: plan.error ?? error, reload };
}

/** Return the present minute and the end of the step of time after it, so that the same is asked for a minute long. Pure. */
export function stepAt(now: number, slotMinutes: number): { readonly from: string; readonly until: string } {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const until = (Math.floor(minute / (slotMinutes * MINUTE_MS)) + 1) * slotMinutes * MINUTE_MS;
  return { from: new Date(minute).toISOString(), until: new Date(until).toISOString() };
}

/** Count the seats that can be sat on; zones without any are left out. Pure. */
export function freeOf(
  zones: readonly ZoneRow[],
  seats: readonly SeatRow[],
  states: ReadonlyMap<string, Pick<SeatState, "status">>,
): readonly FreeOfZone[] {
  return zones
    .map((zone) => {
      const ofZone = seats.filter(({ zone_id }) => zone_id === zone.id);
      const free = ofZone.filter(({ id }) => states.get(id)?.status === "free").length;
      return { zone, seats: ofZone.length, free };
    })
    .filter((one) => one.seats > 0);
}
