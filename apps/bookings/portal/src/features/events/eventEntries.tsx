/**
 * Events of bookings as entries of a timeline. Pure.
 */
import { type EventSaying, sayEvent, type TimelineEntry } from "@millstream/kit/ui";
import { sayRange } from "@millstream/kit/time";
import {
  IconBan,
  IconBell,
  IconCalendarTime,
  IconCheck,
  IconClockPause,
  IconDoorEnter,
  IconHourglassEmpty,
  IconMessage,
  IconThumbDown,
  IconUserOff,
} from "@tabler/icons-react";
import type { BookingEventRow } from "../../rows";

const SAYINGS: Readonly<Record<string, EventSaying>> = {
  "booking.held": { title: "Time held", tone: "neutral", Sign: IconClockPause },
  "booking.requested": { title: "Requested", tone: "neutral", Sign: IconHourglassEmpty },
  "booking.confirmed": { title: "Confirmed", tone: "good", Sign: IconCheck },
  "booking.declined": { title: "Declined", tone: "bad", Sign: IconThumbDown },
  "booking.expired": { title: "Ran out", tone: "warn", Sign: IconHourglassEmpty },
  "booking.cancelled": { title: "Cancelled", tone: "bad", Sign: IconBan },
  "booking.rescheduled": { title: "Moved", tone: "warn", Sign: IconCalendarTime },
  "booking.checked_in": { title: "Arrived", tone: "good", Sign: IconDoorEnter },
  "booking.completed": { title: "Completed", tone: "good", Sign: IconCheck },
  "booking.no_show": { title: "Did not come", tone: "bad", Sign: IconUserOff },
  "booking.reminder_sent": { title: "Reminder sent", tone: "neutral", Sign: IconBell },
  "booking.note_added": { title: "Note", tone: "neutral", Sign: IconMessage },
};

const ACTORS: Readonly<Record<string, string>> = { client: "Client", staff: "Staff", system: "Automatic" };

/** Return the title of a type of event; one that is not ours is shown by its own name. */
export function titleOf(type: string): string {
  return SAYINGS[type]?.title ?? type;
}

export function entryOf(event: BookingEventRow, zone: string): TimelineEntry {
  return sayEvent(event, SAYINGS, ACTORS, detailOf(event, zone));
}

/** For a move say from when it was moved; for all else what the event says of itself. */
function detailOf({ event_type, description, data }: BookingEventRow, zone: string): string {
  const before = (data as { before?: { starts_at?: unknown; ends_at?: unknown } } | null)?.before;
  const { starts_at: starts, ends_at: ends } = before ?? {};
  if (event_type !== "booking.rescheduled" || typeof starts !== "string" || typeof ends !== "string")
    return description;
  return `${description}. Before: ${sayRange(starts, ends, zone)}`;
}
