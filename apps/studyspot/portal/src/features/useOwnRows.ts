/**
 * The rows of one table that are those of whoever is signed in, the newest first; those of nobody are none.
 */
import { type LiveRowsResult, useOwnRows as useRowsOf } from "@millstream/kit/hooks";
import type { Tables } from "../database.types";

const SHOWN = 200;

export function useOwnRows<Name extends "bookings" | "passes" | "seat_alerts">(
  table: Name,
): LiveRowsResult<Tables<Name>> {
  return useRowsOf<Tables<Name>>("user_id", { table, newest: SHOWN });
}
