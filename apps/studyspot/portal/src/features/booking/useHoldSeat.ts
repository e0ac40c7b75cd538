/**
 * Holds a seat, a certain one or any that fits, and explains a refusal. Nothing is shown as held before the server has
 * said so; what is held then shows itself, for the pages follow the visitor's bookings.
 */
import { useOperation } from "@millstream/kit/hooks";
import type { BookingRow, LibraryRow } from "../../rows";
import { tellRefusal } from "./refusals";

interface Times {
  readonly start_time: string;
  readonly end_time: string;
}

export interface HoldSeat extends Times {
  readonly seat_id: string;
}

export interface HoldAny extends Times {
  readonly library_id: string;
  readonly attributes?: readonly string[];
}

export interface UseHold<Wanted> {
  readonly hold: (wanted: Wanted) => void;
  readonly isPending: boolean;
}

export function useHoldSeat(library: LibraryRow): UseHold<HoldSeat> {
  return useHold("hold_seat", library);
}

export function useHoldAny(library: LibraryRow): UseHold<HoldAny> {
  return useHold("hold_any_seat", library);
}

function useHold<Wanted extends Times>(operation: string, { timezone }: LibraryRow): UseHold<Wanted> {
  const onError = tellRefusal("hold", timezone);
  const { mutate, isPending } = useOperation<Wanted, BookingRow>(operation, { asGuest: true, onError });
  return { hold: mutate, isPending };
}
