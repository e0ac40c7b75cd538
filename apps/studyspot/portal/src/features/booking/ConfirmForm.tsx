/**
 * By this form a held seat becomes a booking. The time that is left runs beside it.
 */
import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { useForm, useOperation, useSession } from "@millstream/kit/hooks";
import { CountdownTimer, FormProblem, PriceLines, SubmitButton } from "@millstream/kit/ui";
import { sayRange } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";
import { money } from "../money";
import { sayRefusal, tellRefusal } from "./refusals";
import styles from "./booking.module.css";

interface Props {
  readonly booking: BookingRow;
  readonly onConfirmed: (booking: BookingRow) => void;
  /** The seat was given back, or the time is over. */
  readonly onGone: () => void;
}

export function ConfirmForm({ booking, onConfirmed, onGone }: Props) {
  const { form, isPending, problem, onSubmit } = useConfirmForm(booking, onConfirmed);
  const { seat_label, zone_name, library_name, start_time, end_time, timezone, quote, total_amount, currency } =
    booking;
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <div className={styles.held}>
        <div>
          <strong>
            Seat {seat_label}, {zone_name}
          </strong>
          <p>{library_name}</p>
          <p>{sayRange(start_time, end_time, timezone)}</p>
        </div>
        <Left booking={booking} onEnd={onGone} />
      </div>
      <FormProblem>{problem}</FormProblem>
      <TextInput
        label="Your name"
        autoComplete="name"
        required
        maxLength={120}
        size="md"
        {...form.getInputProps("name")}
      />
      <Textarea
        label="Anything the library should know"
        autosize
        minRows={1}
        maxLength={2000}
        size="md"
        {...form.getInputProps("notes")}
      />
      <PriceLines quote={quote} total={total_amount} currency={currency} say={money} />
      <p className={styles.soft}>{sayPayment(booking)} Cancelling is free until it begins.</p>
      <Group justify="space-between">
        <ReleaseButton booking={booking} onGone={onGone} />
        <SubmitButton isPending={isPending} size="md">
          Book this seat
        </SubmitButton>
      </Group>
    </form>
  );
}

function sayPayment({ payment_status, total_amount }: BookingRow): string {
  if (payment_status === "pass") return "Your pass covers it.";
  return total_amount === 0 ? "Nothing is to be paid." : "You pay at the library.";
}

function useConfirmForm(booking: BookingRow, onDone: (booking: BookingRow) => void) {
  const { user } = useSession();
  const name: unknown = user?.user_metadata.full_name;
  return useForm({
    initialValues: { name: typeof name === "string" ? name : booking.student_name, notes: booking.notes },
    validate: { name: (typed) => (typed.trim() === "" ? "Type your name: the library calls you by it." : null) },
    send: (client, typed) =>
      callOperation<BookingRow>(client, "confirm_booking", {
        booking_id: booking.id,
        name: typed.name.trim(),
        ...(typed.notes.trim() !== "" && { notes: typed.notes.trim() }),
      }),
    onDone,
    say: (refused) => sayRefusal(refused, booking.timezone),
  });
}

function Left({
  booking: { hold_expires_at, created_at },
  onEnd,
}: Pick<Props, "booking"> & { readonly onEnd: () => void }) {
  if (hold_expires_at === null) return null;
  const deadline = new Date(hold_expires_at);
  return <CountdownTimer deadline={deadline} totalMs={deadline.getTime() - Date.parse(created_at)} onEnd={onEnd} />;
}

function ReleaseButton({ booking, onGone }: Pick<Props, "booking" | "onGone">) {
  const release = useOperation<{ booking_id: string }, unknown>("release_booking", {
    onSuccess: onGone,
    onError: tellRefusal("release", booking.timezone),
  });
  return (
    <Button
      variant="default"
      size="md"
      loading={release.isPending}
      onClick={() => release.mutate({ booking_id: booking.id })}
    >
      Give it back
    </Button>
  );
}
