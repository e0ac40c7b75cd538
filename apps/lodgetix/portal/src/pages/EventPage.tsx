/**
 * One event: what it is, what can be bought at this moment, and what the visitor holds.
 */
import { ErrorState, LoadingState } from "@millstream/kit/ui";
import { useParams } from "@tanstack/react-router";
import { EventHero } from "../features/events/EventHero";
import { useEvent } from "../features/events/useEvent";
import { HoldPanel } from "../features/holds/HoldPanel";
import { TicketAvailabilityProvider } from "../features/tickets/TicketAvailabilityProvider";
import { TicketOptions } from "../features/tickets/TicketOptions";
import type { EventRow } from "../rows";
import styles from "./EventPage.module.css";
import { NotFoundPage } from "./NotFoundPage";

export function EventPage() {
  const { slug } = useParams({ from: "/events/$slug" });
  const { event, error, reload } = useEvent(slug);
  if (event === null) return <NotFoundPage />;
  if (event) return <EventDetails event={event} />;
  if (error) return <ErrorState title="The event could not be loaded" error={error} onRetry={reload} />;
  return <LoadingState label="Loading the event" count={1} height={380} />;
}

function EventDetails({ event }: { readonly event: EventRow }) {
  return (
    <article>
      <title>{`${event.title} · LodgeTix`}</title>
      <EventHero event={event} />
      <TicketAvailabilityProvider eventId={event.id}>
        <div className={styles.columns}>
          <div className={styles.about}>
            <h2>About</h2>
            <p>{event.description}</p>
          </div>
          <section className={styles.tickets} aria-labelledby="tickets">
            <h2 id="tickets">Tickets</h2>
            <TicketOptions event={event} />
          </section>
          <aside className={styles.holds} aria-label="Your tickets">
            <HoldPanel event={event} />
          </aside>
        </div>
      </TicketAvailabilityProvider>
    </article>
  );
}
