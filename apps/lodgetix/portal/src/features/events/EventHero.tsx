/**
 * The head of the event page: cover, title, when and where, and whether it still takes place.
 */
import { IconAlertTriangle, IconCalendarEvent, IconChevronLeft, IconMapPin } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { EventRow } from "../../rows";
import { CoverArt, coverGround } from "./CoverArt";
import styles from "./EventHero.module.css";
import { placeDate, placeHours, readerTime } from "./eventTime";

export function EventHero({ event }: { readonly event: EventRow }) {
  return (
    <header className={styles.hero} style={{ backgroundColor: coverGround(event) }}>
      <div className={styles.cover}>
        <CoverArt event={event} />
      </div>
      <div className={styles.words}>
        <Link to="/" className={styles.back}>
          <IconChevronLeft size={16} aria-hidden="true" /> All events
        </Link>
        <h1>{event.title}</h1>
        <ul className={styles.facts}>
          <li title={readerTime(event)}>
            <IconCalendarEvent size={18} aria-hidden="true" />
            <time dateTime={event.starts_at}>
              {placeDate(event)} · {placeHours(event)}
            </time>
          </li>
          <li>
            <IconMapPin size={18} aria-hidden="true" /> {event.venue}
          </li>
        </ul>
        {event.status === "cancelled" && (
          <p className={styles.cancelled} role="alert">
            <IconAlertTriangle size={18} aria-hidden="true" /> This event is cancelled.
          </p>
        )}
      </div>
    </header>
  );
}
