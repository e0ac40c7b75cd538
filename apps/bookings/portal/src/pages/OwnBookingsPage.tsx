/**
 * The bookings of whoever is signed in, and what happens to them.
 */
import { useNow } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading, Panel } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";
import { BookingList } from "../features/booking/BookingList";
import { useOwnBookings } from "../features/booking/useOwnBookings";
import { UserEventMonitor } from "../features/events/UserEventMonitor";
import styles from "./BookingPage.module.css";

export function OwnBookingsPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="Each is kept equal to the calendar of the provider, while you look.">
        Your bookings
      </PageHeading>
      <div className={styles.columns}>
        <div className={styles.main}>
          <Bookings />
        </div>
        <UserEventMonitor />
      </div>
    </div>
  );
}

function Bookings() {
  const { bookings, error, reload } = useOwnBookings(useNow());
  if (bookings === undefined) {
    if (error) return <ErrorState title="Your bookings could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading your bookings" count={3} height={68} />;
  }
  return (
    <>
      <Panel title="To come">
        {bookings.toCome.length > 0 ? (
          <BookingList label="To come" bookings={bookings.toCome} />
        ) : (
          <EmptyState title="Nothing is booked">
            <Link to="/">Find a time</Link>
          </EmptyState>
        )}
      </Panel>
      {bookings.past.length > 0 && (
        <Panel title="Before">
          <BookingList label="Past" bookings={bookings.past} />
        </Panel>
      )}
    </>
  );
}
