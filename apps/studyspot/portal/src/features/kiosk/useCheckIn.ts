/**
 * Checks a booking in by its code, at a desk or a gate, and says what came of it.
 */
import { callOperation, type RequestFailed } from "@millstream/kit/client";
import { type ActionOptions, useAction } from "@millstream/kit/hooks";
import type { UseMutationResult } from "@tanstack/react-query";
import { sayTime } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";

/** The booking; `already` says that it was checked in before, when and where stands in it. */
export type CheckedIn = BookingRow & { readonly already?: boolean };

export function useCheckIn(
  gate: string,
  options: ActionOptions<string, CheckedIn>,
): UseMutationResult<CheckedIn, RequestFailed, string> {
  return useAction((client, code) => callOperation<CheckedIn>(client, "check_in_by_code", { code, gate }), options);
}

/** Say what a check-in came to. Pure. */
export function sayCheckIn(booking: CheckedIn): { readonly title: string; readonly message: string } {
  const name = booking.student_name.split(" ")[0] ?? "";
  const seat = `Seat ${booking.seat_label}, ${booking.zone_name}`;
  if (booking.already === true && booking.checked_in_at !== null) {
    const where = booking.checked_in_gate ? ` at ${booking.checked_in_gate}` : "";
    return {
      title: "Checked in already",
      message: `${seat}: since ${sayTime(booking.checked_in_at, booking.timezone)}${where}.`,
    };
  }
  return {
    title: name === "" ? "Welcome!" : `Welcome, ${name}!`,
    message: `${seat}, until ${sayTime(booking.end_time, booking.timezone)}.`,
  };
}
