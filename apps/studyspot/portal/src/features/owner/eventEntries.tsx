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
export function entryOf(event: BookingEventRow): TimelineEntry {
  const { title, tone, Sign } = SAYINGS[event.event_type] ?? {
    title: event.event_type,
    tone: "neutral",
    Sign: IconCalendarTime,
  };
  const detail = detailOf(event.data);
  return {
    id: event.id,
    at: event.created_at,
    title,
    ...(detail !== undefined && { detail }),
    by: ACTORS[event.actor] ?? event.actor,
    icon: <Sign size={18} aria-hidden="true" />,
    tone,
  };
}

/** Say who sits where, as far as the event tells. */
function detailOf(data: unknown): string | undefined {
  const { seat_label, student_name } = (data ?? {}) as { seat_label?: unknown; student_name?: unknown };
  const said = [student_name, seat_label].filter((part) => typeof part === "string" && part !== "");
  return said.length > 0 ? said.join(" · ") : undefined;
}
