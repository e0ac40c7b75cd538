/**
 * What a refused step of a booking means to whoever asked for it, by the operation's error code. Pure.
 */
import { refusalsOf } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";

export const refusals = refusalsOf({
  slot_not_offered: { title: "This time is not offered any more", message: "Choose another one." },
  service_unknown: { title: "This service is not offered any more", message: "Choose another one." },
  too_many_holds: {
    title: "You hold several times already",
    message: "Confirm one of them, or give one back, before you take another.",
  },
  hold_expired: {
    title: "The time is no longer held",
    message: "It ran out before it was confirmed. Choose a time again.",
  },
  booking_changed: {
    title: "The booking was changed meanwhile",
    message: "You see it as it is now. Decide again, please.",
  },
  booking_unknown: { title: "This booking is not yours to change", message: "Open it by its link, or sign in." },
  slot_taken: ({ next_free }, zone) => ({ title: "Somebody was faster", message: nextFree(next_free, zone) }),
});

export const { sayRefusal, tellRefusal } = refusals;

function nextFree(next: unknown, zone: string): string {
  const starts = (next as { starts?: unknown } | null)?.starts;
  return typeof starts === "string" ? `The next free time is ${sayMoment(starts, zone)}.` : "Choose another time.";
}
