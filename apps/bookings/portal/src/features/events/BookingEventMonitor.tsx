/**
 * The timeline of one booking, live, with the state of the connection in words.
 */
import { EmptyState, ErrorState, LiveChip, LoadingState, Panel, Timeline } from "@millstream/kit/ui";
import { entryOf } from "./eventEntries";
import { useBookingEvents } from "./useBookingEvents";

interface Props {
  readonly bookingId: string;
  /** The zone of the place. */
  readonly zone: string;
}

export function BookingEventMonitor(props: Props) {
  return (
    <Panel title="What happened" action={<LiveChip />}>
      <Events {...props} />
    </Panel>
  );
}

function Events({ bookingId, zone }: Props) {
  const { events, error, reload } = useBookingEvents(bookingId);
  if (events === undefined) {
    if (error) return <ErrorState title="The events could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading what happened" count={3} height={52} />;
  }
  if (events.length === 0)
    return <EmptyState title="Nothing happened yet">New events appear here by themselves.</EmptyState>;
  return <Timeline label="What happened" entries={events.map((event) => entryOf(event, zone))} zone={zone} />;
}
