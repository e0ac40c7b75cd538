/**
 * Days on which a provider is away, or there for once; the newest of them at the end.
 */
import { Button, Group, Modal, Select, TextInput } from "@mantine/core";
import { insertRows } from "@millstream/kit/client";
import { useForm } from "@millstream/kit/hooks";
import { sayDays } from "@millstream/kit/time";
import { EmptyState, FieldRow, Form, FormFoot, Panel, RemoveButton, SubmitButton, ToneBadge } from "@millstream/kit/ui";
import { useState } from "react";
import type { ExceptionRow, ProviderRow } from "../../rows";
import styles from "./office.module.css";
import { sayUnsaved } from "./savingRows";
import { sayClock } from "./WeekOfHours";

const KINDS = [
  { value: "closed", label: "Away" },
  { value: "open", label: "There for once" },
];

interface Props {
  readonly provider: ProviderRow;
  readonly exceptions: readonly ExceptionRow[];
}

export function Exceptions({ provider, exceptions }: Props) {
  const [isAdding, setAdding] = useState(false);
  const sorted = exceptions.toSorted((a, b) => a.first_day.localeCompare(b.first_day));
  return (
    <Panel
      title="Exceptions"
      lead="Holidays, and days on which the week does not hold."
      action={<Button onClick={() => setAdding(true)}>Add an exception</Button>}
    >
      {sorted.length === 0 && <EmptyState title="None">The week holds on every day.</EmptyState>}
      <ul className={styles.week}>
        {sorted.map((exception) => (
          <OneException key={exception.id} exception={exception} />
        ))}
      </ul>
      {isAdding && <AddException provider={provider} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function OneException({ exception }: { readonly exception: ExceptionRow }) {
  const { id, kind, reason } = exception;
  const said = sayException(exception);
  return (
    <li className={styles.day}>
      <ToneBadge tone={kind === "open" ? "good" : "warn"}>{kind === "open" ? "There" : "Away"}</ToneBadge>
      <Group justify="space-between">
        <span>{reason === "" ? said : `${said}: ${reason}`}</span>
        <RemoveButton table="schedule_exceptions" id={id} label={`Remove ${said}`} say={sayUnsaved} />
      </Group>
    </li>
  );
}

function AddException({ provider, onClose }: { readonly provider: ProviderRow; readonly onClose: () => void }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { first_day: "", last_day: "", starts: "", ends: "", kind: "closed", reason: "" },
    validate: {
      first_day: (day) => (day === "" ? "Choose a day." : null),
      last_day: (last, { first_day }) => (last === "" || last >= first_day ? null : "This is after the first day."),
      ends: (ends, { starts }) => (ends === "" || starts === "" || ends > starts ? null : "This is after the start."),
    },
    send: (client, { first_day, last_day, starts, ends, ...rest }) =>
      insertRows(client, "schedule_exceptions", {
        ...rest,
        first_day,
        last_day: last_day === "" ? first_day : last_day,
        starts: starts === "" ? "00:00" : starts,
        ends: ends === "" ? "24:00" : ends,
        provider_id: provider.id,
        organisation_id: provider.organisation_id,
      }),
    onDone: onClose,
    say: sayUnsaved,
  });
  return (
    <Modal opened onClose={onClose} title={`An exception for ${provider.name}`} centered>
      <Form problem={problem} onSubmit={onSubmit}>
        <Select label="What" data={KINDS} allowDeselect={false} {...form.getInputProps("kind")} />
        <FieldRow>
          <TextInput type="date" label="First day" required {...form.getInputProps("first_day")} />
          <TextInput type="date" label="Last day" {...form.getInputProps("last_day")} />
          <TextInput type="time" label="From" {...form.getInputProps("starts")} />
          <TextInput type="time" label="Until" {...form.getInputProps("ends")} />
        </FieldRow>
        <TextInput label="Reason" maxLength={200} {...form.getInputProps("reason")} />
        <FormFoot>
          <SubmitButton isPending={isPending}>Add this exception</SubmitButton>
        </FormFoot>
      </Form>
    </Modal>
  );
}

/** Say when an exception holds: its days, and its hours where it is not the whole day. Pure. */
export function sayException({ first_day, last_day, starts, ends }: ExceptionRow): string {
  const days = sayDays(first_day, last_day);
  const isWhole = sayClock(starts) === "00:00" && sayClock(ends) === "24:00";
  return isWhole ? days : `${days}, ${sayClock(starts)}–${sayClock(ends)}`;
}
