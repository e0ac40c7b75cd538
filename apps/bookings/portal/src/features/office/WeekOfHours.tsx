/**
 * The week of a provider by the clocks of the place: when they work and when they pause; each span is added and removed.
 */
import { Button, Group, Modal, Select, TextInput } from "@mantine/core";
import { insertRows } from "@millstream/kit/client";
import { useForm } from "@millstream/kit/hooks";
import { DAYS, FieldRow, Form, FormFoot, Panel, RemoveButton, SubmitButton, ToneBadge } from "@millstream/kit/ui";
import { useState } from "react";
import type { HoursRow, ProviderRow } from "../../rows";
import styles from "./office.module.css";
import { sayUnsaved } from "./savingRows";

const KINDS = [
  { value: "work", label: "Works" },
  { value: "break", label: "Pauses" },
];

interface Props {
  readonly provider: ProviderRow;
  readonly hours: readonly HoursRow[];
}

export function WeekOfHours({ provider, hours }: Props) {
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title="The week"
      lead={`By the clocks of ${provider.timezone}. Free times follow at once.`}
      action={<Button onClick={() => setAdding(true)}>Add hours</Button>}
    >
      <ul className={styles.week}>
        {DAYS.map((day, index) => (
          <li key={day} className={styles.day}>
            <strong>{day}</strong>
            <div className={styles.spans}>
              {spansOf(hours, index + 1).map((span) => (
                <Span key={span.id} span={span} day={day} />
              ))}
              {spansOf(hours, index + 1).length === 0 && <span className={styles.soft}>closed</span>}
            </div>
          </li>
        ))}
      </ul>
      {isAdding && <AddHours provider={provider} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Span({ span, day }: { readonly span: HoursRow; readonly day: string }) {
  const said = `${sayClock(span.starts)}–${sayClock(span.ends)}`;
  return (
    <Group gap={4}>
      <ToneBadge tone={span.kind === "work" ? "good" : "warn"}>
        {span.kind === "work" ? said : `${said}, pause`}
      </ToneBadge>
      <RemoveButton table="working_hours" id={span.id} label={`Remove ${said} on ${day}`} say={sayUnsaved} />
    </Group>
  );
}

function AddHours({ provider, onClose }: { readonly provider: ProviderRow; readonly onClose: () => void }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { weekday: "1", starts: "09:00", ends: "17:00", kind: "work" },
    validate: { ends: (ends, { starts }) => (ends > starts ? null : "This is after the start.") },
    send: (client, { weekday, ...span }) =>
      insertRows(client, "working_hours", {
        ...span,
        weekday: Number(weekday),
        provider_id: provider.id,
        organisation_id: provider.organisation_id,
      }),
    onDone: onClose,
    say: sayUnsaved,
  });
  return (
    <Modal opened onClose={onClose} title={`Hours of ${provider.name}`} centered>
      <Form problem={problem} onSubmit={onSubmit}>
        <FieldRow>
          <Select
            label="Day"
            data={DAYS.map((label, index) => ({ value: String(index + 1), label }))}
            allowDeselect={false}
            {...form.getInputProps("weekday")}
          />
          <Select label="What" data={KINDS} allowDeselect={false} {...form.getInputProps("kind")} />
          <TextInput type="time" label="From" {...form.getInputProps("starts")} />
          <TextInput type="time" label="Until" {...form.getInputProps("ends")} />
        </FieldRow>
        <FormFoot>
          <SubmitButton isPending={isPending}>Add these hours</SubmitButton>
        </FormFoot>
      </Form>
    </Modal>
  );
}

/** Return the spans of a day as they begin. Pure. */
export function spansOf(hours: readonly HoursRow[], weekday: number): readonly HoursRow[] {
  return hours.filter((span) => span.weekday === weekday).toSorted((a, b) => a.starts.localeCompare(b.starts));
}

/** Write a time of PostgreSQL as clocks do, `09:00`. Pure. */
export function sayClock(time: string): string {
  return time.slice(0, 5);
}
