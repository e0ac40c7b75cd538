/**
 * How one gets in: the code that is shown at the door, as QR and as letters; and, at the seat, the field for the code
 * that is posted there.
 */
import { Button, TextInput } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { useForm, useNow } from "@millstream/kit/hooks";
import { FormProblem, Panel, QrCode, SubmitButton } from "@millstream/kit/ui";
import { sayAgo, sayTime } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingRow, LibraryRow } from "../../rows";
import styles from "./booking.module.css";
import { type CheckInTime, checkInTime } from "./checkInTime";
import { sayRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly library: LibraryRow | null | undefined;
}

export function EntryPanel({ booking, library }: Props) {
  const now = useNow();
  const time = library ? checkInTime(booking, library) : null;
  return (
    <Panel title="Check in" {...(time && { lead: sayWhen(time, booking.timezone, now) })}>
      <div className={styles.entry}>
        <div className={styles.qr}>
          <QrCode value={booking.entry_code} size={200} label={`Entry code ${booking.entry_code}`} />
        </div>
        <span className={styles.code} aria-hidden="true">
          {booking.entry_code}
        </span>
        <p className={styles.soft}>Show it at the entrance, or check in at your seat.</p>
        {(time === null || now >= time.opens) && <SeatCodeForm booking={booking} />}
      </div>
    </Panel>
  );
}

function sayWhen({ opens, closes }: CheckInTime, zone: string, now: number): string {
  const said = (at: number): string => sayTime(new Date(at), zone);
  if (now < opens) return `From ${said(opens)}, ${sayAgo(new Date(opens), now)}`;
  return `Until ${said(closes)}: after that the seat goes to somebody else`;
}

function SeatCodeForm({ booking }: { readonly booking: BookingRow }) {
  const [opened, setOpened] = useState(false);
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { code: "" },
    validate: { code: (typed) => (typed.trim() === "" ? "Type the code that is posted at the seat." : null) },
    send: (client, { code }) =>
      callOperation<BookingRow>(client, "check_in", { booking_id: booking.id, code: code.trim() }),
    say: (refused) => sayRefusal(refused, booking.timezone),
  });
  if (!opened) return <Button onClick={() => setOpened(true)}>I am at my seat</Button>;
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{problem}</FormProblem>
      <TextInput
        label={`Code posted at seat ${booking.seat_label}`}
        description="Or scan it with your camera: it leads here by itself."
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        size="md"
        data-autofocus
        {...form.getInputProps("code")}
      />
      <SubmitButton isPending={isPending}>Check in</SubmitButton>
    </form>
  );
}
