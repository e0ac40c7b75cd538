/**
 * What a seat costs for a range of time, line by line, as the server calculates it.
 */
import { useRpc } from "@millstream/kit/hooks";
import type { Json } from "../../database.types";

/** `known` is the amount that the plan shows: when it changes, the lines are asked for anew. */
export function useQuote(seat: string, from: string, until: string, known?: number | null): Json | undefined {
  return useRpc<Json>("quote_seat", { of_seat: seat, from_time: from, until_time: until }, { since: known }).data;
}
