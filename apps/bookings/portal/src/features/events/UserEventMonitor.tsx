/**
 * What happens to all bookings in which whoever is signed in is the client or the provider, live.
 */
import { Button } from "@mantine/core";
import { useSession } from "@millstream/kit/hooks";
import { EventTimeline, LiveChip, Panel } from "@millstream/kit/ui";
import { visitorZone } from "@millstream/kit/time";
import { entryOf } from "./eventEntries";
import { useUserBookingEvents } from "./useUserBookingEvents";

const TITLE = "News of your bookings";

export function UserEventMonitor() {
  const { user } = useSession();
  const { events, error, clearEvents, reload } = useUserBookingEvents(user?.id ?? null);
  const clear = (
    <Button variant="subtle" size="compact-sm" onClick={clearEvents}>
      Clear
    </Button>
  );
  const zone = visitorZone();
  const hasNews = events !== undefined && events.length > 0;
  return (
    <Panel title={TITLE} action={hasNews ? clear : <LiveChip />}>
      <EventTimeline
        label={TITLE}
        events={events}
        error={error}
        reload={reload}
        entryOf={(event) => entryOf(event, zone)}
        zone={zone}
        maxHeight={640}
      />
    </Panel>
  );
}
