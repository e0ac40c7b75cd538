/**
 * One booking: while its seat is held, the form that books it; then how one gets in, and what can still be changed.
 */
import { useRow, useSession } from "@millstream/kit/hooks";
import { EmptyState, Loaded, PageHeading, Panel, ReviewForm } from "@millstream/kit/ui";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { clsx } from "clsx";
import { BookingActions } from "../../features/booking/BookingActions";
import { BookingDetails } from "../../features/booking/BookingDetails";
import { ConfirmForm } from "../../features/booking/ConfirmForm";
import { EntryPanel } from "../../features/booking/EntryPanel";
import { sayRefusal } from "../../features/booking/refusals";
import { useLibrary } from "../../features/libraries/useLibraries";
import type { BookingRow } from "../../rows";
import styles from "./page.module.css";

export function BookingPage() {
  const { bookingId } = useParams({ from: "/student/bookings/$bookingId" });
  const { row, error, reload } = useRow<BookingRow>("bookings", bookingId);
  return (
    <div className={styles.page}>
      <Loaded what="booking" value={row} error={error} reload={reload} count={2} height={220} empty={NOT_SHOWN}>
        {(booking) => <BookingView booking={booking} reload={reload} />}
      </Loaded>
    </div>
  );
}

const NOT_SHOWN = <EmptyState title="This booking is not shown here">Sign in to the account that made it.</EmptyState>;

function BookingView({ booking, reload }: { readonly booking: BookingRow; readonly reload: () => void }) {
  const { library } = useLibrary(booking.library_id);
  const { user } = useSession();
  const isOwn = booking.user_id === user?.id;
  const { status } = booking;
  return (
    <>
      <PageHeading lead={<LibraryLink name={booking.library_name} slug={library?.slug} />}>
        {`Seat ${booking.seat_label}`}
      </PageHeading>
      <div className={clsx(status === "confirmed" && styles.columns)}>
        <div className={styles.parts}>
          {isOwn && <Own booking={booking} reload={reload} />}
          <BookingDetails booking={booking}>
            <BookingActions booking={booking} library={library} />
          </BookingDetails>
        </div>
        {status === "confirmed" && <EntryPanel booking={booking} library={library} />}
      </div>
    </>
  );
}

function LibraryLink({ name, slug }: { readonly name: string; readonly slug: string | undefined }) {
  if (slug === undefined) return name;
  return (
    <Link to="/libraries/$slug" params={{ slug }}>
      {name}
    </Link>
  );
}

/** What is asked of its student alone: to book what is held, and to say how it was. */
function Own(props: { readonly booking: BookingRow; readonly reload: () => void }) {
  const { id, status, timezone } = props.booking;
  if (status === "held") return <Held {...props} />;
  if (status !== "completed") return null;
  const of = { column: "booking_id", id, author: "student_name" };
  return <ReviewForm of={of} say={(refused) => sayRefusal(refused, timezone)} />;
}

function Held({ booking, reload }: { readonly booking: BookingRow; readonly reload: () => void }) {
  const navigate = useNavigate();
  return (
    <Panel title="This seat is yours for now">
      <ConfirmForm booking={booking} onConfirmed={reload} onGone={() => void navigate({ to: "/bookings" })} />
    </Panel>
  );
}
