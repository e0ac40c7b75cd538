/**
 * Who comes: the form by which a held time becomes a booking. The time that is left runs beside it.
 */
import { Button, Group, TextInput, Textarea } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { useForm, useOperation, useSession } from "@millstream/kit/hooks";
import { CountdownTimer, FormProblem, Panel, SubmitButton } from "@millstream/kit/ui";
import { visitorZone } from "@millstream/kit/time";
import type { BookingAnswer, BookingRow } from "../../rows";
import styles from "./ConfirmForm.module.css";
import { sayRefusal, tellRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly onConfirmed: (booking: BookingAnswer) => void;
  readonly onReleased: () => void;
  readonly onEnd: () => void;
}

const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

export function ConfirmForm({ booking, onConfirmed, onReleased, onEnd }: Props) {
  const { form, isPending, problem, onSubmit } = useConfirmForm(booking, onConfirmed);
  return (
    <Panel
      title="Who comes?"
      lead="The confirmation goes to this address, with a link for changes."
      action={<Left booking={booking} onEnd={onEnd} />}
    >
      <form onSubmit={onSubmit} noValidate className={styles.form}>
        <FormProblem>{problem}</FormProblem>
        <TextInput
          label="Name"
          autoComplete="name"
          required
          maxLength={120}
          size="md"
          {...form.getInputProps("name")}
        />
        <TextInput
          label="Email address"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          size="md"
          {...form.getInputProps("email")}
        />
        <TextInput
          label="Phone"
          type="tel"
          autoComplete="tel"
          maxLength={40}
          size="md"
          {...form.getInputProps("phone")}
        />
        <Textarea
          label="Anything the provider should know"
          autosize
          minRows={2}
          maxLength={2000}
          size="md"
          {...form.getInputProps("notes")}
        />
        <Group justify="space-between">
          <ReleaseButton booking={booking} onReleased={onReleased} />
          <SubmitButton isPending={isPending} size="md">
            Book this time
          </SubmitButton>
        </Group>
      </form>
    </Panel>
  );
}

function useConfirmForm(booking: BookingRow, onDone: (booking: BookingAnswer) => void) {
  const { user, hasAccount } = useSession();
  const name: unknown = user?.user_metadata.full_name;
  return useForm({
    initialValues: {
      name: typeof name === "string" ? name : "",
      email: hasAccount ? (user?.email ?? "") : "",
      phone: "",
      notes: "",
    },
    validate: {
      name: (typed) => (typed.trim() === "" ? "Type your name." : null),
      email: (typed) => (ADDRESS.test(typed.trim()) ? null : "Type the address that the confirmation goes to."),
    },
    send: (client, typed) =>
      callOperation<BookingAnswer>(client, "confirm_booking", {
        booking_id: booking.id,
        timezone: visitorZone(),
        name: typed.name.trim(),
        email: typed.email.trim(),
        ...(typed.phone.trim() !== "" && { phone: typed.phone.trim() }),
        ...(typed.notes.trim() !== "" && { notes: typed.notes.trim() }),
      }),
    onDone,
    say: (refused) => sayRefusal(refused, booking.timezone),
  });
}

function Left({ booking: { deadline_at, created_at }, onEnd }: Pick<Props, "booking" | "onEnd">) {
  if (deadline_at === null) return null;
  const deadline = new Date(deadline_at);
  return <CountdownTimer deadline={deadline} totalMs={deadline.getTime() - Date.parse(created_at)} onEnd={onEnd} />;
}

function ReleaseButton({ booking, onReleased }: Pick<Props, "booking" | "onReleased">) {
  const release = useOperation<{ booking_id: string }, unknown>("release_booking", {
    onSuccess: onReleased,
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
