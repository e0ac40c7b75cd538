/**
 * What the code at a seat leads to: checks in whoever has booked it, and shows everybody else which seat that is.
 */
import { Button } from "@mantine/core";
import type { RequestFailed } from "@millstream/kit/client";
import { useOperation, useRpc, useSession } from "@millstream/kit/hooks";
import { SignInFirst } from "@millstream/kit/shell";
import { EmptyState, FormProblem, Loaded, PageHeading, Panel } from "@millstream/kit/ui";
import { visitorZone } from "@millstream/kit/time";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { clsx } from "clsx";
import { sayRefusal } from "../../features/booking/refusals";
import type { BookingRow } from "../../rows";
import styles from "./page.module.css";

interface SeatOfCode {
  readonly seat_id: string;
  readonly label: string;
  readonly slug: string;
}

export function CheckInPage() {
  const { user, isLoading } = useSession();
  return (
    <div className={clsx(styles.page, styles.narrow)}>
      <PageHeading>Check in</PageHeading>
      {user || isLoading ? <Seat /> : <SignInFirst title="Sign in to the account that booked the seat" />}
    </div>
  );
}

function Seat() {
  const { code } = useParams({ from: "/student/check-in/$code" });
  const { data, error, reload } = useRpc<readonly SeatOfCode[]>("seat_of_code", { code });
  const seat = data && (data[0] ?? null);
  return (
    <Loaded what="seat" value={seat} error={error} reload={reload} count={1} height={160} empty={NO_SEAT}>
      {(known) => <CheckIn seat={known} code={code} />}
    </Loaded>
  );
}

const NO_SEAT = (
  <EmptyState title="No seat has this code">
    Scan the code at your seat again, or type it on the page of <Link to="/bookings">your booking</Link>.
  </EmptyState>
);

function CheckIn({ seat, code }: { readonly seat: SeatOfCode; readonly code: string }) {
  const navigate = useNavigate();
  const arrive = useOperation<{ code: string }, BookingRow>("check_in", {
    onSuccess: ({ id }) => void navigate({ to: "/bookings/$bookingId", params: { bookingId: id }, replace: true }),
  });
  return (
    <Panel title={`Seat ${seat.label}`} lead="You sit down and it is yours.">
      <div className={styles.parts}>
        <FormProblem>{arrive.error && sayRefused(arrive.error)}</FormProblem>
        <Button size="lg" loading={arrive.isPending || arrive.isSuccess} onClick={() => arrive.mutate({ code })}>
          Check in at seat {seat.label}
        </Button>
        <Link to="/libraries/$slug" params={{ slug: seat.slug }} search={{ seat: seat.seat_id }}>
          I have not booked this seat: is it free?
        </Link>
      </div>
    </Panel>
  );
}

function sayRefused(error: RequestFailed): string {
  if (error.code === "booking_unknown") return "You have no booking of this seat that can be checked in to.";
  return sayRefusal(error, visitorZone());
}
