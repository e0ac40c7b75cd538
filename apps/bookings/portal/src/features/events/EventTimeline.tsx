/**
 * Events of bookings as a timeline, with what stands there while they load, when there are none, when it failed.
 */
import { EmptyState, ErrorState, LoadingState, Timeline } from "@millstream/kit/ui";
import { entryOf } from "./eventEntries";
import type { UseBookingEvents } from "./useBookingEvents";

interface Props extends Pick<UseBookingEvents, "events" | "error" | "reload"> {
  readonly label: string;
  /** The zone that times are said in. */
  readonly zone: string;
  readonly maxHeight?: number;
}

export function EventTimeline({ label, events, error, reload, zone, maxHeight }: Props) {
  if (events === undefined) {
    if (error) return <ErrorState title="The events could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading what happened" count={3} height={52} />;
  }
  if (events.length === 0) {
    return <EmptyState title="Nothing happened yet">New events appear here by themselves.</EmptyState>;
  }
  const entries = events.map((event) => entryOf(event, zone));
  return <Timeline label={label} entries={entries} zone={zone} {...(maxHeight !== undefined && { maxHeight })} />;
}
