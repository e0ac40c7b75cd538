/**
 * The bookings of whoever is signed in, live: those to come with what is held on top, then those before; passes and the
 * seats that one waits for.
 */
import { OwnBookings, PageHeading } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";
import { AlertList } from "../../features/alerts/AlertList";
import { itemOf } from "../../features/booking/ownBookings";
import { PassList } from "../../features/passes/PassList";
import { useOwnRows } from "../../features/useOwnRows";
import styles from "./page.module.css";

export function BookingsPage() {
  const { rows, error, reload } = useOwnRows("bookings");
  return (
    <div className={styles.page}>
      <PageHeading lead="What the library changes, changes here while you look.">Your bookings</PageHeading>
      <div className={styles.parts}>
        <OwnBookings bookings={rows?.map(itemOf)} error={error} reload={reload}>
          <Link to="/">Find a seat</Link>
        </OwnBookings>
        <AlertList />
        <PassList />
      </div>
    </div>
  );
}
