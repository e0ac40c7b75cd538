/**
 * Bookings as a list of links, each with its state.
 */
import { sayRange } from "@millstream/kit/time";
import { Link } from "@tanstack/react-router";
import type { BookingRow } from "../../rows";
import styles from "./BookingList.module.css";
import { StatusBadge } from "./statuses";

export function BookingList({ bookings }: { readonly bookings: readonly BookingRow[] }) {
  return (
    <ul className={styles.list}>
      {bookings.map((booking) => (
        <li key={booking.id} className={styles.item}>
          <div>
            <Link to="/my-bookings/$bookingId" params={{ bookingId: booking.id }} className={styles.link}>
              {booking.service_name}
            </Link>
            <p>
              {sayRange(booking.starts_at, booking.ends_at, booking.timezone)} · {booking.provider_name}
            </p>
          </div>
          <StatusBadge status={booking.status} />
        </li>
      ))}
    </ul>
  );
}
