/**
 * One booking as those who run the library see it, and what they do with it, by its state.
 */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { sayMoment } from "@millstream/kit/time";
import { BookingBadge, type Fact, Facts, StepButtons, whenFact } from "@millstream/kit/ui";
import { useState } from "react";
import type { BookingRow } from "../../rows";
import { CancelDialog } from "../booking/CancelDialog";
import { refusals } from "../booking/refusals";
import { money } from "../money";
import { nameOf } from "./BookingsTable";

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
      {booking && (
        <Stack>
          <Facts facts={factsOf(booking)} />
          <Steps booking={booking} />
        </Stack>
      )}
    </Modal>
  );
}

function factsOf(booking: BookingRow): readonly Fact[] {
  const { timezone: zone, start_time, end_time, payment_status, checked_in_at, checked_in_gate } = booking;
  const came = checked_in_at === null ? "" : sayMoment(checked_in_at, zone);
  return [
    { name: "Student", value: nameOf(booking) },
    { name: "Seat", value: `${booking.seat_label}, ${booking.zone_name}` },
    whenFact(start_time, end_time, zone),
    { name: "State", value: <BookingBadge status={booking.status} /> },
    {
      name: "Amount",
      value: `${money(booking.total_amount, booking.currency)}, ${PAID[payment_status] ?? payment_status}`,
    },
    { name: "Came", value: checked_in_gate ? `${came} at ${checked_in_gate}` : came },
    { name: "Reason", value: booking.cancellation_reason },
    { name: "Note", value: booking.notes },
    { name: "Number", value: booking.booking_number },
  ];
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
      <StepButtons
        steps={stepsOf(booking)}
        labels={LABELS}
        params={{ booking_id: booking.id }}
        refusals={refusals}
        zone={booking.timezone}
      />
      {booking.status === "confirmed" && (
        <Button variant="subtle" color="red" onClick={() => setCancelling(true)}>
          Cancel the booking
        </Button>
      )}
      <CancelDialog booking={booking} opened={cancelling} onClose={() => setCancelling(false)} />
    </Group>
  );
}
