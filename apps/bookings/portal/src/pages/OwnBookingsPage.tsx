/**
 * The bookings of whoever is signed in, and what happens to them.
 */
import { useOwnRows } from "@millstream/kit/hooks";
import { OwnBookings, PageHeading } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";
import { itemOf } from "../features/booking/itemOf";
import { UserEventMonitor } from "../features/events/UserEventMonitor";
import type { BookingRow } from "../rows";
import styles from "./BookingPage.module.css";

const SHOWN = 200;

export function OwnBookingsPage() {
  const { rows, error, reload } = useOwnRows<BookingRow>("client_user_id", { table: "bookings", newest: SHOWN });
  return (
    <div className={styles.page}>
      <PageHeading lead="Each is kept equal to the calendar of the provider, while you look.">
        Your bookings
      </PageHeading>
      <div className={styles.columns}>
        <div className={styles.main}>
          <OwnBookings bookings={rows?.map(itemOf)} error={error} reload={reload}>
            <Link to="/">Find a time</Link>
          </OwnBookings>
        </div>
        <UserEventMonitor />
      </div>
    </div>
  );
}
