/**
 * Events of bookings as entries of a timeline. Pure.
 */
import { type EventSaying, sayEvent, type TimelineEntry } from "@millstream/kit/ui";
import {
  IconBan,
  IconCalendarTime,
  IconCheck,
  IconClockPause,
  IconDoorEnter,
  IconDoorExit,
  IconHourglassEmpty,
  IconUserOff,
} from "@tabler/icons-react";
import type { BookingEventRow } from "../../rows";

const SAYINGS: Readonly<Record<string, EventSaying>> = {
  "booking.held": { title: "Seat held", tone: "neutral", Sign: IconClockPause },
  "booking.created": { title: "New booking", tone: "good", Sign: IconCheck },
  "booking.updated": { title: "Booking changed", tone: "warn", Sign: IconCalendarTime },
  "booking.cancelled": { title: "Cancelled", tone: "bad", Sign: IconBan },
  "booking.checkin": { title: "Checked in", tone: "good", Sign: IconDoorEnter },
  "booking.checkout": { title: "Checked out", tone: "neutral", Sign: IconDoorExit },
  "booking.no_show": { title: "Did not come", tone: "bad", Sign: IconUserOff },
  "booking.expired": { title: "Hold ran out", tone: "neutral", Sign: IconHourglassEmpty },
};
const ACTORS: Readonly<Record<string, string>> = { student: "Student", staff: "Staff", system: "Automatic" };

export function entryOf(event: BookingEventRow, seat: string | undefined): TimelineEntry {
  const { booking_number } = (event.data ?? {}) as { booking_number?: unknown };
  const said = [seat && `Seat ${seat}`, booking_number].filter((part) => typeof part === "string" && part !== "");
  return sayEvent(event, SAYINGS, ACTORS, said.join(" · "));
}
