/**
 * Events of bookings as entries of a timeline: a sentence, a sign and a tone for each type. Pure.
 */
import type { TimelineEntry, TimelineTone } from "@millstream/kit/ui";
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

interface Saying {
  readonly title: string;
  readonly tone: TimelineTone;
  readonly Sign: typeof IconCheck;
}

const SAYINGS: Readonly<Record<string, Saying>> = {
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

/** One that is not ours is shown by its own name. */
export function entryOf(event: BookingEventRow, seat: string | undefined): TimelineEntry {
  const { title, tone, Sign } = SAYINGS[event.event_type] ?? {
    title: event.event_type,
    tone: "neutral",
    Sign: IconCalendarTime,
  };
  const { booking_number } = (event.data ?? {}) as { booking_number?: unknown };
  const said = [seat && `Seat ${seat}`, booking_number].filter((part) => typeof part === "string" && part !== "");
  return {
    id: event.id,
    at: event.created_at,
    title,
    ...(said.length > 0 && { detail: said.join(" · ") }),
    by: ACTORS[event.actor] ?? event.actor,
    icon: <Sign size={18} aria-hidden="true" />,
    tone,
  };
}
