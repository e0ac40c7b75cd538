/**
 * What a refused step means to whoever asked for it, by the server's error code. Pure.
 */
import { refusalsOf } from "@millstream/kit/ui";
import { sayMoment, sayTime } from "@millstream/kit/time";

export const refusals = refusalsOf({
  already_booked: {
    title: "You have a seat at that time already",
    message: "One person sits on one seat at a time. Cancel the other booking first, or choose another time.",
  },
  library_closed: { title: "The library is closed then", message: "Choose a time within its opening hours." },
  length_not_allowed: { title: "That is too short or too long", message: "Choose another end." },
  not_bookable_then: { title: "That time cannot be booked", message: "It is over, or too far ahead." },
  daily_limit: { title: "That is more than a day allows", message: "Shorten it, or choose another day." },
  no_show_limit: {
    title: "You missed several bookings",
    message: "For a week you can book only seats for the next two hours.",
  },
  seat_out_of_order: { title: "This seat cannot be used now", message: "Choose another one." },
  seat_unknown: { title: "There is no such seat any more", message: "Choose another one." },
  library_unknown: { title: "There is no such library", message: "It may have been closed meanwhile." },
  booking_unknown: { title: "There is no such booking", message: "Check the code, or ask whoever made it." },
  booking_changed: {
    title: "The booking was changed meanwhile",
    message: "You see it as it is now. Decide again, please.",
  },
  hold_expired: { title: "The seat is no longer held", message: "It ran out before it was confirmed. Choose again." },
  too_many_holds: { title: "You hold several seats already", message: "Confirm one of them, or give one back." },
  code_wrong: { title: "This code is not right", message: "Check the letters and try again." },
  sign_in_required: { title: "Please sign in first", message: "Then try again; a guest may, too." },
  review_not_open: { title: "This visit cannot be reviewed", message: "Visits that are over can be, once each." },
  too_many_alerts: { title: "You wait for five seats already", message: "Give up waiting for one of them first." },
  alert_unknown: { title: "You wait for no such seat", message: "Somebody was told of it, or you gave it up." },
  pass_not_sold: { title: "There is no pass for these days", message: "You have one already, or none is sold here." },
  seat_in_use: { title: "Somebody has booked this seat", message: "Move or cancel its bookings first." },
  label_taken: { title: "Another seat is called so", message: "Choose another label." },
  already_paid: { title: "There is nothing to pay", message: "It was paid meanwhile." },
  not_yours: { title: "You may not do that", message: "Ask an owner or a manager of the library." },
  not_allowed: { title: "You may not do that", message: "Ask an owner or a manager of the library." },
  seat_taken: ({ next_free }, zone) => ({ title: "Somebody was faster", message: nextFree(next_free, zone) }),
  check_in_closed: (facts, zone) => ({ title: "Not the time to check in", message: checkInTime(facts, zone) }),
});

export const { refusal, sayRefusal, tellRefusal } = refusals;

function nextFree(next: unknown, zone: string): string {
  const at = typeof next === "string" ? next : (next as { start_time?: unknown } | null)?.start_time;
  return typeof at === "string" ? `The seat is free again ${sayMoment(at, zone)}.` : "Choose another seat or time.";
}

function checkInTime({ opens, closes }: Readonly<Record<string, unknown>>, zone: string): string {
  if (typeof opens !== "string" || typeof closes !== "string") return "Check in shortly before you sit down.";
  return `Check-in is open ${sayMoment(opens, zone)} – ${sayTime(closes, zone)}.`;
}
