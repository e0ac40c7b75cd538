/**
 * By this form what is held becomes a booking: what it is, with the time that is left; who books, by the operation
 * `confirm_booking`; and giving it back, by `release_booking`.
 */
import { Button, Group, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { callOperation } from "../../client";
import { useForm, useOperation, useSession } from "../../hooks";
import { Form, SubmitButton } from "../FormParts";
import type { Refusals } from "../refusals";
import { type Hold, HoldCountdown } from "./HoldCountdown";
import styles from "./HoldForm.module.css";

interface Held extends Hold {
  readonly id: string;
  readonly timezone: string;
}

export interface HoldFormProps<Booking> {
  readonly held: Held;
  /** What is held, in a few words, and what is said below them. */
  readonly title: string;
  readonly details: readonly string[];
  /** Who reads the notes, such as `library`. */
  readonly reader: string;
  /** What the button does. */
  readonly action: string;
  /** Ask for an address, to which the confirmation goes, and for a telephone. */
  readonly asksAddress?: boolean;
  /** What `confirm_booking` is sent besides. */
  readonly more?: object;
  readonly refusals: Refusals;
  readonly onConfirmed: (booking: Booking) => void;
  readonly onReleased: () => void;
  /** The time is over. */
  readonly onEnd: () => void;
  /** What is agreed: the price, the terms. */
  readonly children?: ReactNode;
}

const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

export function HoldForm<Booking>(props: HoldFormProps<Booking>) {
  const { held, title, details, reader, action, asksAddress = false, onEnd, children } = props;
  const { form, isPending, problem, onSubmit } = useConfirmation(props);
  return (
    <Form problem={problem} onSubmit={onSubmit}>
      <div className={styles.held}>
        <div>
          <strong>{title}</strong>
          {details.map((detail) => (
            <p key={detail}>{detail}</p>
          ))}
        </div>
        <HoldCountdown hold={held} onEnd={onEnd} />
      </div>
      <TextInput
        label="Your name"
        autoComplete="name"
        required
        maxLength={120}
        size="md"
        {...form.getInputProps("name")}
      />
      {asksAddress && <AddressFields form={form} />}
      <Textarea
        label={`Anything the ${reader} should know`}
        autosize
        minRows={1}
        maxLength={2000}
        size="md"
        {...form.getInputProps("notes")}
      />
      {children}
      <Group justify="space-between">
        <ReleaseButton {...props} />
        <SubmitButton isPending={isPending} size="md">
          {action}
        </SubmitButton>
      </Group>
    </Form>
  );
}

type Confirmation = ReturnType<typeof useConfirmation>;

function AddressFields({ form }: Pick<Confirmation, "form">) {
  return (
    <>
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
    </>
  );
}

function useConfirmation<Booking>(props: HoldFormProps<Booking>) {
  const { held, asksAddress = false, more, refusals, onConfirmed } = props;
  const { user, hasAccount } = useSession();
  const name: unknown = user?.user_metadata.full_name;
  return useForm({
    initialValues: {
      name: typeof name === "string" ? name : "",
      email: asksAddress && hasAccount ? (user?.email ?? "") : "",
      phone: "",
      notes: "",
    },
    validate: {
      name: (typed) => (typed.trim() === "" ? "Type your name." : null),
      email: (typed) =>
        !asksAddress || ADDRESS.test(typed.trim()) ? null : "Type the address that the confirmation goes to.",
    },
    send: (client, typed) =>
      callOperation<Booking>(client, "confirm_booking", { booking_id: held.id, ...more, ...givenOf(typed) }),
    onDone: onConfirmed,
    say: (refused) => refusals.sayRefusal(refused, held.timezone),
  });
}

/** Return what was typed at all. Pure. */
export function givenOf(typed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const trimmed = Object.entries(typed).map(([name, text]) => [name, text.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, text]) => text !== ""));
}

function ReleaseButton<Booking>({ held: { id, timezone }, refusals, onReleased }: HoldFormProps<Booking>) {
  const release = useOperation<{ booking_id: string }, unknown>("release_booking", {
    onSuccess: onReleased,
    onError: refusals.tellRefusal("release", timezone),
  });
  return (
    <Button variant="default" size="md" loading={release.isPending} onClick={() => release.mutate({ booking_id: id })}>
      Give it back
    </Button>
  );
}
