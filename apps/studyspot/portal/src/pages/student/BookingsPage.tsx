/**
 * The bookings of whoever is signed in, live: those to come with what is held on top, then those before; passes and the
 * seats that one waits for.
 */
import { useNow } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading, Panel } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";
import { AlertList } from "../../features/alerts/AlertList";
import { BookingList } from "../../features/booking/BookingList";
import { parted } from "../../features/booking/ownBookings";
import { PassList } from "../../features/passes/PassList";
import { useOwnRows } from "../../features/useOwnRows";
import styles from "./page.module.css";

export function BookingsPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="What the library changes, changes here while you look.">Your bookings</PageHeading>
      <div className={styles.parts}>
        <Bookings />
        <AlertList />
        <PassList />
      </div>
    </div>
  );
}

function Bookings() {
  const { rows, error, reload } = useOwnRows("bookings");
  const now = useNow();
  if (rows === undefined) {
    if (error) return <ErrorState title="Your bookings could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading your bookings" count={3} height={74} />;
  }
  const { toCome, past } = parted(rows, now);
  return (
    <>
      <Panel title="To come">
        {toCome.length > 0 ? (
          <BookingList label="To come" bookings={toCome} />
        ) : (
          <EmptyState title="Nothing is booked">
            <Link to="/">Find a seat</Link>
          </EmptyState>
        )}
      </Panel>
      {past.length > 0 && (
        <Panel title="Before">
          <BookingList label="Before" bookings={past} />
        </Panel>
      )}
    </>
  );
}
