/**
 * All events that are still to come, each with what is left of its tickets at this moment.
 */
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import { EventCard } from "../features/events/EventCard";
import { useUpcomingEvents } from "../features/events/useUpcomingEvents";
import styles from "./EventsPage.module.css";

export function EventsPage() {
  return (
    <div className={styles.page}>
      <title>Events · LodgeTix</title>
      <div className={styles.heading}>
        <h1>Upcoming events</h1>
        <p>Ceremonies, dinners and concerts of the lodges. The numbers are live: what you see is what is left.</p>
      </div>
      <EventList />
    </div>
  );
}

function EventList() {
  const { events, error, reload } = useUpcomingEvents();
  if (events === undefined) {
    if (error) return <ErrorState title="The events could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading events" count={3} height={360} className={styles.grid} />;
  }
  if (events.length === 0) return <EmptyState title="No events are announced">Come back soon.</EmptyState>;
  return (
    <ul className={styles.grid}>
      {events.map(({ event, tickets }) => (
        <li key={event.id}>
          <EventCard event={event} tickets={tickets} />
        </li>
      ))}
    </ul>
  );
}
