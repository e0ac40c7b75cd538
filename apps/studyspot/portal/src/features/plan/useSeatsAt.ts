/**
 * The state of each seat of a library in a range of time, with its price, asked anew whenever a seat of that range is
 * taken or becomes free.
 *
 * Which seats are free is computed by the server from what is claimed. The library's room tells of each claim, without
 * any person in it: what touches the range is the sign to ask again, several at once only once.
 */
import { unwrap } from "@millstream/kit/client";
import { useProject, useRefetchOnChange, useRoomEvent } from "@millstream/kit/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLibrarySocket } from "../useLibrarySocket";

export type SeatStatus = "free" | "held" | "booked" | "occupied" | "closed" | "out_of_order";

export interface SeatState {
  readonly seat_id: string;
  readonly zone_id: string;
  readonly label: string;
  readonly status: SeatStatus;
  /** When this state ends, where that is known. */
  readonly until: string | null;
  /** What the range costs. */
  readonly amount: number | null;
  readonly reason: string | null;
}

export interface UseSeatsAt {
  /** By the id of the seat; undefined until they are known. */
  readonly states: ReadonlyMap<string, SeatState> | undefined;
  /** What is shown belongs to another range, until the answer for this one is here. */
  readonly isPlaceholder: boolean;
  readonly error: Error | null;
  readonly reload: () => void;
}

interface SeatAvailability {
  readonly library_id: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
}

const TOGETHER_MS = 150;

export function useSeatsAt(library: string, from: string, until: string): UseSeatsAt {
  const { client } = useProject();
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ["seats_at", library, from, until],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<readonly SeatState[]> => {
      const asked = { of_library: library, from_time: from, until_time: until };
      const found = client.supabase.rpc("seats_at", asked, { get: true }).abortSignal(signal);
      return unwrap(await found) as readonly SeatState[];
    },
  });
  // A seat that was put on the plan just now has a state, too.
  const seats = { event: "*", schema: "public", table: "seats", filter: `library_id=eq.${library}` } as const;
  useRefetchOnChange(`seats-at:${library}`, [seats], ["seats_at", library]);
  const askAgain = useTogether(() => void queryClient.invalidateQueries({ queryKey: ["seats_at", library] }));
  useLibrarySocket(library, { onJoined: askAgain });
  useRoomEvent<SeatAvailability>("seat:availability", (event) => {
    if (event.library_id === library && touches(event, from, until)) askAgain();
  });
  useRoomEvent<{ readonly library_id: string }>("pricing:updated", (event) => {
    if (event.library_id === library) askAgain();
  });
  return {
    states: query.data && new Map(query.data.map((state) => [state.seat_id, state])),
    isPlaceholder: query.isPlaceholderData,
    error: query.error,
    reload: () => void query.refetch(),
  };
}

/** Say whether what was told concerns a range; without a time it concerns every one. Pure. */
export function touches(
  { start_time, end_time }: Pick<SeatAvailability, "start_time" | "end_time">,
  from: string,
  until: string,
): boolean {
  if (start_time === null || end_time === null) return true;
  return Date.parse(start_time) < Date.parse(until) && Date.parse(end_time) > Date.parse(from);
}

/** Do something once for all calls within a moment. */
function useTogether(act: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, TOGETHER_MS);
  };
}
