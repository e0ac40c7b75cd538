/**
 * Moves a calendar's entry with the keyboard or by touch: when, how long, and where to. Times are those of the place.
 */
import { Button, Group, Modal, NumberInput, Select, TextInput } from "@mantine/core";
import { sayZone } from "../../time";
import { FormProblem, SubmitButton } from "../FormParts";
import type { CalendarEntry, CalendarMove, CalendarResource } from "./entries";
import { useMoveForm } from "./useMoveForm";

interface Props {
  readonly entry: CalendarEntry;
  readonly zone: string;
  readonly resources?: readonly CalendarResource[];
  /** Rejects with a sentence when it is refused; the dialog stays open with what was typed. */
  readonly onMove: (move: CalendarMove) => Promise<unknown>;
  readonly onClose: () => void;
}

export function MoveDialog({ entry, zone, resources, onMove, onClose }: Props) {
  const { form, change, isPending, problem, submit } = useMoveForm(entry, zone, onMove, onClose);
  return (
    <Modal opened onClose={onClose} title={`Move ${entry.title}`} centered>
      <form onSubmit={submit}>
        <FormProblem>{problem}</FormProblem>
        <TextInput
          type="datetime-local"
          label="Starts"
          description={sayZone(zone, entry.startsAt)}
          step={300}
          required
          data-autofocus
          value={form.start}
          onChange={(event) => change({ start: event.currentTarget.value })}
        />
        <NumberInput
          mt="md"
          label="Minutes"
          min={5}
          step={5}
          required
          value={form.minutes}
          onChange={(value) => change({ minutes: Number(value) })}
        />
        {resources && (
          <Select
            mt="md"
            label="With"
            data={resources.map(({ id, label }) => ({ value: id, label }))}
            value={form.resourceId ?? null}
            allowDeselect={false}
            onChange={(value) => change({ resourceId: value ?? undefined })}
          />
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <SubmitButton isPending={isPending}>Move</SubmitButton>
        </Group>
      </form>
    </Modal>
  );
}
