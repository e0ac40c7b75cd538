/**
 * The seats of a zone, to be moved, added, named and described; saved all at once, or not at all.
 */
import { Button, Chip, Group, TextInput } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { FloorPlanEditor, Panel, showToast } from "@millstream/kit/ui";
import { type Dispatch, type SetStateAction, useState } from "react";
import type { LibraryRow, SeatRow, ZoneRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import styles from "../owner/OwnerPage.module.css";
import { ATTRIBUTES } from "../seats/attributes";
import { added, changed, type Draft, draftOf, type DraftSeat, labelProblem, removed, toSave } from "./layoutDraft";

interface Props {
  readonly library: LibraryRow;
  readonly zone: ZoneRow;
  readonly seats: readonly SeatRow[];
}

export function LayoutEditor({ library, zone, seats }: Props) {
  // Null as long as nothing was changed: then the plan follows the database.
  const [draft, setDraft] = useState<Draft | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const shown = draft ?? draftOf(seats);
  const edits = draft ? toSave(draft, seats) : [];
  const change = (edit: (now: Draft) => Draft): void => setDraft((now) => edit(now ?? draftOf(seats)));
  const seat = shown.find(({ key }) => key === selected);
  return (
    <div className={styles.columns}>
      <Panel title={zone.name} lead="Students see a change of the plan as soon as it is saved.">
        <FloorPlanEditor
          zone={zone}
          seats={shown}
          selected={selected}
          onSelect={setSelected}
          onMove={(key, to) => change((now) => changed(now, key, to))}
          onAdd={(at) => {
            const key = crypto.randomUUID();
            change((now) => added(now, key, at));
            setSelected(key);
          }}
          onRemove={(key) => change((now) => removed(now, key))}
        />
      </Panel>
      <Panel title={seat ? `Seat ${seat.label}` : "Choose a seat"} lead={seat ? undefined : "Or add one to the plan."}>
        <div className={styles.form}>
          {seat && (
            <SeatFields key={seat.key} seat={seat} onChange={(part) => change((now) => changed(now, seat.key, part))} />
          )}
          <Saving {...{ library, zone, edits, setDraft }} problem={labelProblem(shown)} />
        </div>
      </Panel>
    </div>
  );
}

interface FieldsProps {
  readonly seat: DraftSeat;
  readonly onChange: (part: Partial<DraftSeat>) => void;
}

function SeatFields({ seat, onChange }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Label"
        maxLength={12}
        value={seat.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
      />
      <Chip.Group multiple value={[...seat.attributes]} onChange={(attributes) => onChange({ attributes })}>
        <Group gap="xs" role="group" aria-label="What this seat has">
          {Object.entries(ATTRIBUTES).map(([value, { label }]) => (
            <Chip key={value} value={value}>
              {label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {!seat.active && (
        <Button variant="default" onClick={() => onChange({ active: true })}>
          Let it be booked again
        </Button>
      )}
    </>
  );
}

interface SavingProps {
  readonly library: LibraryRow;
  readonly zone: ZoneRow;
  readonly edits: Draft;
  readonly problem: string | null;
  readonly setDraft: Dispatch<SetStateAction<Draft | null>>;
}

function Saving({ library, zone, edits, problem, setDraft }: SavingProps) {
  const save = useOperation<{ zone_id: string; seats: readonly object[] }, object>("save_layout", {
    onSuccess: () => {
      setDraft(null);
      showToast({ id: "layout", kind: "good", title: "Done!", message: "Every student sees the new plan." });
    },
    onError: tellRefusal("layout", library.timezone),
  });
  const seats = edits.map(({ id, label, x, y, attributes, active }) => ({
    id,
    label: label.trim(),
    x,
    y,
    attributes,
    active,
  }));
  return (
    <>
      <p className={styles.soft} role="status">
        {problem ?? (edits.length === 0 ? "Nothing was changed." : sayCount(edits.length))}
      </p>
      <Group>
        <Button
          loading={save.isPending}
          disabled={edits.length === 0 || problem !== null}
          onClick={() => save.mutate({ zone_id: zone.id, seats })}
        >
          Save the plan
        </Button>
        {edits.length > 0 && (
          <Button variant="default" onClick={() => setDraft(null)}>
            Discard
          </Button>
        )}
      </Group>
    </>
  );
}

function sayCount(count: number): string {
  return count === 1 ? "One seat to save." : `${count} seats to save.`;
}
