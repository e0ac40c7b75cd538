/**
 * Tells students at once what happens to their bookings, on whichever page they are: one short message each, one for
 * many. What was done here is told by the same event as what others did.
 */
import type { Notification } from "@millstream/kit/client";
import { useRoomEvents } from "@millstream/kit/hooks";
import { type Toast, useToastStream } from "@millstream/kit/ui";
import { sayRange, sayTime } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";

export type BookingTold = Pick<
  BookingRow,
  "id" | "seat_label" | "library_name" | "start_time" | "end_time" | "timezone" | "status" | "user_id"
>;

const EVENTS = [
  "booking:created",
  "booking:updated",
  "booking:cancelled",
  "booking:checkin",
  "booking:checkout",
] as const;
export type BookingEvent = (typeof EVENTS)[number];

interface News {
  readonly event: BookingEvent;
  readonly booking: BookingTold;
}

export function BookingNews({ student }: { readonly student: string }) {
  const tell = useToastStream<News>({
    one: ({ event, booking }) => sayNews(event, booking),
    many: (news) => ({ id: "bookings", kind: "news", title: `${news.size} of your bookings have changed` }),
  });
  // The reduced events of other rooms name no booking, and those of the staff are other people's.
  useRoomEvents<{ readonly booking?: BookingTold }, BookingEvent>(EVENTS, ({ booking }, event) => {
    if (booking?.user_id === student) tell(booking.id, { event, booking });
  });
  return null;
}

/** Tell whether a notification is about what is told here already. Pure. */
export function isOfOwnBooking({ link }: Pick<Notification, "link">): boolean {
  return link?.startsWith("/bookings/") ?? false;
}

/** Say what happened; null where that is no news. Pure. */
export function sayNews(event: BookingEvent, booking: BookingTold): Toast | null {
  const { id, seat_label, library_name, start_time, end_time, timezone, status } = booking;
  const toast = { id: `booking:${id}`, kind: "good" as const };
  const seat = `Seat ${seat_label}, ${library_name}`;
  const when = sayRange(start_time, end_time, timezone);
  switch (event) {
    case "booking:created":
      return { ...toast, title: "Your seat is booked", message: `${seat}: ${when}` };
    case "booking:cancelled":
      return { ...toast, kind: "news", title: "The booking is cancelled", message: `${seat}: ${when}` };
    case "booking:checkin":
      return { ...toast, title: "You are checked in", message: `${seat}, until ${sayTime(end_time, timezone)}` };
    case "booking:checkout":
      return { ...toast, title: "You have left your seat", message: "Thank you for making room." };
    case "booking:updated":
      return sayUpdate(status, toast.id, seat, when);
  }
}

function sayUpdate(status: string, id: string, seat: string, when: string): Toast | null {
  if (status === "no_show") {
    return { id, kind: "warning", title: "Your seat went to somebody else", message: `${seat}: nobody checked in.` };
  }
  if (status === "expired") return { id, kind: "news", title: "The seat is no longer held for you", message: seat };
  const isLive = status === "confirmed" || status === "checked_in";
  return isLive ? { id, kind: "news", title: "Your booking was changed", message: `${seat}: ${when}` } : null;
}
