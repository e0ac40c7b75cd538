/**
 * The timeline of one booking, live, with the state of the connection in words.
 */
import { EventTimeline, LiveChip, Panel } from "@millstream/kit/ui";
import { entryOf } from "./eventEntries";
import { useBookingEvents } from "./useBookingEvents";

interface Props {
  readonly bookingId: string;
  /** The zone of the place. */
  readonly zone: string;
}

export function BookingEventMonitor({ bookingId, zone }: Props) {
  const { events, error, reload } = useBookingEvents(bookingId);
  return (
    <Panel title="What happened" action={<LiveChip />}>
      <EventTimeline
        label="What happened"
        events={events}
        error={error}
        reload={reload}
        entryOf={(event) => entryOf(event, zone)}
        zone={zone}
      />
    </Panel>
  );
}
