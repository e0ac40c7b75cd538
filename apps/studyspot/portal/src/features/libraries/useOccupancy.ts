/**
 * How full each library is in this moment, whether it is open, and its lowest price; the server tells it anew whenever
 * one of these changes.
 */
import { useLiveView } from "@millstream/kit/hooks";

export interface Occupancy {
  readonly library_id: string;
  readonly seats: number;
  readonly free_now: number;
  readonly open_now: boolean;
  readonly opens_next: string | null;
  readonly from_price: number | null;
  readonly currency: string;
}

export interface UseOccupancy {
  readonly of: (library: string) => Occupancy | undefined;
  readonly stale: boolean;
}

const NOW = { view: "occupancy", key: [] };

export function useOccupancy(): UseOccupancy {
  const { rows, stale } = useLiveView<Occupancy>(NOW);
  return { of: (library) => rows?.find(({ library_id }) => library_id === library), stale };
}
