/**
 * What a refused step of a booking means to whoever asked for it, by the operation's error code. Pure.
 */
import type { RequestFailed } from "@millstream/kit/client";
import { sayMoment } from "@millstream/kit/time";

export interface Refusal {
  readonly title: string;
  readonly message: string;
}

const SAYINGS: Readonly<Record<string, Refusal>> = {
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
  transition_refused: { title: "That is not possible any more", message: "You see the booking as it is now." },
  booking_unknown: { title: "This booking is not yours to change", message: "Open it by its link, or sign in." },
  network: { title: "The server could not be reached", message: "Nothing was changed: try again in a moment." },
};

export function refusal({ code, message, details }: RequestFailed, zone: string): Refusal {
  if (code !== "slot_taken") return SAYINGS[code] ?? { title: "That did not work", message };
  const next = nextFree(details);
  return {
    title: "Somebody was faster",
    message: next === null ? "Choose another time." : `The next free time is ${sayMoment(next, zone)}.`,
  };
}

/** Return when the next free time starts, as the refusal of a taken one says it. */
export function nextFree(details: unknown): string | null {
  const found = typeof details === "string" ? parsed(details) : details;
  const starts = (found as { next_free?: { starts?: unknown } } | null)?.next_free?.starts;
  return typeof starts === "string" ? starts : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
