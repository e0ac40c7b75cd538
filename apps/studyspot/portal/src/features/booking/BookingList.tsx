/**
 * Bookings as a list of links, each with its state.
 */
import { sayOwnTime, sayRange } from "@millstream/kit/time";
import { Link } from "@tanstack/react-router";
import type { BookingRow } from "../../rows";
import styles from "./booking.module.css";
import { StatusBadge } from "./statuses";

export function BookingList({ label, bookings }: { readonly label: string; readonly bookings: readonly BookingRow[] }) {
  return (
    <ul className={styles.list} aria-label={label}>
      {bookings.map(({ id, seat_label, library_name, zone_name, start_time, end_time, timezone, status }) => (
        <li key={id} className={styles.item}>
          <div>
            <Link to="/bookings/$bookingId" params={{ bookingId: id }} className={styles.link}>
              Seat {seat_label}, {library_name}
            </Link>
            <p title={sayOwnTime(start_time, timezone) ?? undefined}>
              {sayRange(start_time, end_time, timezone)} · {zone_name}
            </p>
          </div>
          <StatusBadge status={status} />
        </li>
      ))}
    </ul>
  );
}
