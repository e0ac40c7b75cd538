/**
 * All events that are still to come, each with what is left of its tickets at this moment.
 */
import { CardGrid, EmptyState, FrontPage } from "@millstream/kit/ui";
import { EventCard } from "../features/events/EventCard";
import { useUpcomingEvents } from "../features/events/useUpcomingEvents";

export function EventsPage() {
  const { events, error, reload } = useUpcomingEvents();
  return (
    <FrontPage
      title="Events · LodgeTix"
      heading="Upcoming events"
      lead="Ceremonies, dinners and concerts of the lodges. The numbers are live: what you see is what is left."
    >
      <CardGrid
        what="events"
        rows={events}
        keyOf={({ event }) => event.id}
        error={error}
        onRetry={reload}
        height={360}
        empty={<EmptyState title="No events are announced">Come back soon.</EmptyState>}
      >
        {({ event, tickets }) => <EventCard event={event} tickets={tickets} />}
      </CardGrid>
    </FrontPage>
  );
}
