/**
 * The zones and seats of a library, in their order; kept equal to the database.
 */
import type { SeatRow, ZoneRow } from "../../rows";
import { useLibraryRows } from "../useLibraryRows";

export interface UsePlan {
  readonly zones: readonly ZoneRow[] | undefined;
  readonly seats: readonly SeatRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function usePlan(library: string): UsePlan {
  const zones = useLibraryRows("zones", library);
  const seats = useLibraryRows("seats", library);
  return {
    zones: zones.rows?.toSorted((a, b) => a.sort_order - b.sort_order || a.name.localeCompare(b.name)),
    seats: seats.rows?.filter(({ active }) => active),
    error: zones.error ?? seats.error,
    reload: () => {
      zones.reload();
      seats.reload();
    },
  };
}
