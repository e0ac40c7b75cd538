/**
 * One booking: while its time is held, the form that makes it a booking; then its details and, live, what happens to it.
 */
import { useSession } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, showToast } from "@millstream/kit/ui";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { BookingActions } from "../features/booking/BookingActions";
import { BookingDetails } from "../features/booking/BookingDetails";
import { ConfirmForm } from "../features/booking/ConfirmForm";
import { useBooking } from "../features/booking/useBooking";
import { BookingEventMonitor } from "../features/events/BookingEventMonitor";
import { StaffActions } from "../features/staff/StaffActions";
import type { BookingRow } from "../rows";
import styles from "./BookingPage.module.css";

export function BookingPage() {
  const { bookingId } = useParams({ from: "/my-bookings/$bookingId" });
  const { booking, error, reload } = useBooking(bookingId);
  if (booking) return <BookingView booking={booking} reload={reload} />;
  return (
    <div className={styles.page}>
      {booking === null && (
        <EmptyState title="This booking is not shown here">
          Open it by the link in your confirmation, or sign in to the account that made it.
        </EmptyState>
      )}
      {booking === undefined && error && (
        <ErrorState title="The booking could not be loaded" error={error} onRetry={reload} />
      )}
      {booking === undefined && !error && <LoadingState label="Loading the booking" count={2} height={220} />}
    </div>
  );
}

function BookingView({ booking, reload }: { readonly booking: BookingRow; readonly reload: () => void }) {
  const navigate = useNavigate();
  const { user } = useSession();
  const isHeld = booking.status === "held" && booking.client_user_id === user?.id;
  const confirmed = (): void => {
    const title = "That is settled";
    showToast({ id: "confirm", kind: "good", title, message: "The confirmation is on its way to you." });
    reload();
  };
  return (
    <div className={styles.page}>
      <title>{`${booking.service_name} · Bookings`}</title>
      <h1>{isHeld ? "This time is yours for now" : booking.service_name}</h1>
      <div className={styles.columns}>
        <div className={styles.main}>
          {isHeld && (
            <ConfirmForm
              booking={booking}
              onConfirmed={confirmed}
              onReleased={() => void navigate({ to: "/" })}
              onEnd={reload}
            />
          )}
          <BookingDetails booking={booking}>
            <BookingActions booking={booking} />
            {booking.status === "expired" && (
              <p className={styles.again}>
                The time went back to everybody. <Link to="/">Choose a time again</Link>
              </p>
            )}
          </BookingDetails>
          <StaffActions booking={booking} />
        </div>
        <BookingEventMonitor bookingId={booking.id} zone={booking.timezone} />
      </div>
    </div>
  );
}
