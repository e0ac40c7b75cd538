/**
 * One booking: while its time is held, the form that makes it a booking; then its details and, live, what happens to it.
 */
import { useRow, useSession } from "@millstream/kit/hooks";
import { EmptyState, Loaded, showToast } from "@millstream/kit/ui";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { BookingActions } from "../features/booking/BookingActions";
import { BookingDetails } from "../features/booking/BookingDetails";
import { ConfirmForm } from "../features/booking/ConfirmForm";
import { BookingEventMonitor } from "../features/events/BookingEventMonitor";
import { StaffActions } from "../features/staff/StaffActions";
import type { BookingRow } from "../rows";
import styles from "./BookingPage.module.css";

export function BookingPage() {
  const { bookingId } = useParams({ from: "/my-bookings/$bookingId" });
  const { row, error, reload } = useRow<BookingRow>("bookings", bookingId);
  return (
    <div className={styles.page}>
      <Loaded what="booking" value={row} error={error} reload={reload} count={2} height={220} empty={NOT_SHOWN}>
        {(booking) => <BookingView booking={booking} reload={reload} />}
      </Loaded>
    </div>
  );
}

const NOT_SHOWN = (
  <EmptyState title="This booking is not shown here">
    Open it by the link in your confirmation, or sign in to the account that made it.
  </EmptyState>
);

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
    <>
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
    </>
  );
}
