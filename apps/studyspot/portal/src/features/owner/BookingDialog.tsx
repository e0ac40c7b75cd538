/**
 * One booking as those who run the library see it, and what they do with it, by its state.
 */
import { Button, Group, Modal } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { BookingBadge } from "@millstream/kit/ui";
import { sayMoment, sayRange, sayZone } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingRow } from "../../rows";
import { CancelDialog } from "../booking/CancelDialog";
import { tellRefusal } from "../booking/refusals";
import { money } from "../money";
import { nameOf } from "./BookingsTable";
import styles from "./OwnerPage.module.css";

const PAID: Readonly<Record<string, string>> = {
  at_place: "to be paid at the desk",
  paid: "paid",
  refunded: "refunded",
  pass: "by a monthly pass",
};

interface Props {
  readonly booking: BookingRow | undefined;
  readonly onClose: () => void;
}

export function BookingDialog({ booking, onClose }: Props) {
  return (
    <Modal opened={booking !== undefined} onClose={onClose} title="Booking" size="lg" centered>
      {booking && <BookingOf booking={booking} />}
    </Modal>
  );
}

function BookingOf({ booking }: { readonly booking: BookingRow }) {
  const { timezone: zone } = booking;
  return (
    <div className={styles.form}>
      <dl className={styles.facts}>
        <dt>Student</dt>
        <dd>{nameOf(booking)}</dd>
        <dt>Seat</dt>
        <dd>
          {booking.seat_label}, {booking.zone_name}
        </dd>
        <dt>When</dt>
        <dd>
          {sayRange(booking.start_time, booking.end_time, zone)}, {sayZone(zone, booking.start_time)}
        </dd>
        <dt>State</dt>
        <dd>
          <BookingBadge status={booking.status} />
        </dd>
        <dt>Amount</dt>
        <dd>
          {money(booking.total_amount, booking.currency)}, {PAID[booking.payment_status] ?? booking.payment_status}
        </dd>
        {booking.checked_in_at !== null && (
          <>
            <dt>Came</dt>
            <dd>
              {sayMoment(booking.checked_in_at, zone)}
              {booking.checked_in_gate ? ` at ${booking.checked_in_gate}` : ""}
            </dd>
          </>
        )}
        {booking.cancellation_reason && (
          <>
            <dt>Reason</dt>
            <dd>{booking.cancellation_reason}</dd>
          </>
        )}
        {booking.notes && (
          <>
            <dt>Note</dt>
            <dd>{booking.notes}</dd>
          </>
        )}
        <dt>Number</dt>
        <dd>{booking.booking_number}</dd>
      </dl>
      <Steps booking={booking} />
    </div>
  );
}

type Step = "check_in" | "check_out" | "mark_no_show" | "take_payment";

const LABELS: Readonly<Record<Step, string>> = {
  check_in: "Check in",
  check_out: "Check out",
  mark_no_show: "Did not come",
  take_payment: "Payment taken",
};
const BY_STATUS: Readonly<Record<string, readonly Step[]>> = {
  confirmed: ["check_in", "mark_no_show"],
  checked_in: ["check_out"],
};

/** Return what the staff may do next; the server decides. Pure. */
export function stepsOf({ status, payment_status }: Pick<BookingRow, "status" | "payment_status">): readonly Step[] {
  const steps = BY_STATUS[status] ?? [];
  const owes = payment_status === "at_place" && ["confirmed", "checked_in", "completed"].includes(status);
  return owes ? [...steps, "take_payment"] : steps;
}

function Steps({ booking }: { readonly booking: BookingRow }) {
  const [cancelling, setCancelling] = useState(false);
  return (
    <Group>
      {stepsOf(booking).map((step, index) => (
        <StepButton key={step} step={step} booking={booking} isFirst={index === 0} />
      ))}
      {booking.status === "confirmed" && (
        <Button variant="subtle" color="red" onClick={() => setCancelling(true)}>
          Cancel the booking
        </Button>
      )}
      <CancelDialog booking={booking} opened={cancelling} onClose={() => setCancelling(false)} />
    </Group>
  );
}

interface StepProps {
  readonly step: Step;
  readonly booking: BookingRow;
  readonly isFirst: boolean;
}

function StepButton({ step, booking, isFirst }: StepProps) {
  const take = useOperation<{ booking_id: string }, BookingRow>(step, {
    onError: tellRefusal(step, booking.timezone),
  });
  return (
    <Button
      variant={isFirst ? "filled" : "default"}
      loading={take.isPending}
      onClick={() => take.mutate({ booking_id: booking.id })}
    >
      {LABELS[step]}
    </Button>
  );
}
