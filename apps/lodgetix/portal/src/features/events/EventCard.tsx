/**
 * One event in the list. The whole card is its link.
 */
import { AvailabilityBadge, FlashNumber, money } from "@millstream/kit/ui";
import { IconMapPin } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { EventRow } from "../../rows";
import { CoverArt } from "./CoverArt";
import styles from "./EventCard.module.css";
import { calendarSheet, placeDate, placeHours, readerTime } from "./eventTime";
import type { TicketSummary } from "./useUpcomingEvents";

interface Props {
  readonly event: EventRow;
  readonly tickets: readonly TicketSummary[];
}

export function EventCard({ event, tickets }: Props) {
  const sheet = calendarSheet(event);
  return (
    <article className={styles.card}>
      <div className={styles.cover}>
        <CoverArt event={event} />
        <div className={styles.sheet} aria-hidden="true">
          <span>{sheet.month}</span>
          <strong>{sheet.day}</strong>
        </div>
      </div>
      <div className={styles.body}>
        <h2>
          <Link to="/events/$slug" params={{ slug: event.slug }} className={styles.link}>
            {event.title}
          </Link>
        </h2>
        <p title={readerTime(event)}>
          {placeDate(event)} · {placeHours(event)}
        </p>
        <p>
          <IconMapPin size={16} aria-hidden="true" /> {event.venue}
        </p>
        <div className={styles.foot}>
          <Left event={event} tickets={tickets} />
          <Price tickets={tickets} />
        </div>
      </div>
    </article>
  );
}

function Left({ event, tickets }: Props) {
  const left = tickets.reduce((sum, ticket) => sum + ticket.available_count, 0);
  if (event.status === "cancelled") return <AvailabilityBadge level="none">Cancelled</AvailabilityBadge>;
  if (left === 0) return <AvailabilityBadge level="none">Sold out</AvailabilityBadge>;
  return (
    <AvailabilityBadge level={left < 10 ? "low" : "plenty"}>
      <FlashNumber value={left} /> left
    </AvailabilityBadge>
  );
}

function Price({ tickets }: Pick<Props, "tickets">) {
  const [cheapest] = tickets.toSorted((a, b) => a.price - b.price);
  return cheapest && <span className={styles.price}>from {money(cheapest.price, cheapest.currency)}</span>;
}
