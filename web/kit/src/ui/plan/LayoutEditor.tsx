/**
 * The seats of a zone, to be moved, added, named and described; saved all at once, or not at all.
 *
 * As long as nothing is changed the plan follows what is saved; from then on it is the editor's own until it is saved or
 * discarded.
 */
import { Button, Group, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ProjectClient, RequestFailed } from "../../client";
import { useAction } from "../../hooks";
import { Columns } from "../Columns";
import { Panel } from "../Panel";
import { showToast } from "../toasts";
import { FloorPlanEditor } from "./FloorPlanEditor";
import { added, changed, type DraftSeat, labelProblem, removed, toSave } from "./layoutDraft";
import styles from "./plan.module.css";
import type { PlanZone } from "./seats";

export interface LayoutEditorProps<Seat extends DraftSeat> {
  readonly zone: PlanZone;
  /** What follows when it is saved, beforehand and afterwards. */
  readonly lead: string;
  readonly whenSaved: string;
  readonly saved: readonly Seat[];
  /** What a new seat has besides its label and place. */
  readonly fresh: Omit<Seat, keyof DraftSeat>;
  /** Save those that are new or other than they were. */
  readonly save: (client: ProjectClient, seats: readonly Seat[]) => Promise<unknown>;
  readonly onRefused: (refusal: RequestFailed) => void;
  /** The fields of a seat besides its label. */
  readonly children: (seat: Seat, onChange: (part: Partial<Seat>) => void) => ReactNode;
}

export function LayoutEditor<Seat extends DraftSeat>(props: LayoutEditorProps<Seat>) {
  const { zone, lead, saved, fresh, children } = props;
  const [draft, setDraft] = useState<readonly Seat[] | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const shown = draft ?? saved;
  const change = (edit: (now: readonly Seat[]) => readonly Seat[]): void => setDraft((now) => edit(now ?? saved));
  const changeSeat = (key: string, part: Partial<DraftSeat>): void =>
    change((now) => changed(now, key, part as Partial<Seat>));
  const seat = shown.find(({ key }) => key === selected);
  return (
    <Columns>
      <Panel title={zone.name} lead={lead}>
        <FloorPlanEditor
          zone={zone}
          seats={shown}
          selected={selected}
          onSelect={setSelected}
          onMove={changeSeat}
          onAdd={(at) => {
            const key = crypto.randomUUID();
            change((now) => added(now, key, at, fresh));
            setSelected(key);
          }}
          onRemove={(key) => change((now) => removed(now, key))}
        />
      </Panel>
      <Panel title={seat ? `Seat ${seat.label}` : "Choose a seat"} lead={seat ? undefined : "Or add one to the plan."}>
        <Saving {...props} draft={draft} onEnd={() => setDraft(null)}>
          {seat && (
            <SeatFields key={seat.key} seat={seat} onChange={(part) => changeSeat(seat.key, part)}>
              {children(seat, (part) => changeSeat(seat.key, part))}
            </SeatFields>
          )}
        </Saving>
      </Panel>
    </Columns>
  );
}

interface FieldsProps {
  readonly seat: DraftSeat;
  readonly onChange: (part: Partial<DraftSeat>) => void;
  readonly children: ReactNode;
}

function SeatFields({ seat, onChange, children }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Label"
        maxLength={12}
        value={seat.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
      />
      {children}
      {!seat.active && (
        <Button variant="default" onClick={() => onChange({ active: true })}>
          Let it be booked again
        </Button>
      )}
    </>
  );
}

interface SavingProps<Seat extends DraftSeat> extends Omit<LayoutEditorProps<Seat>, "children"> {
  readonly draft: readonly Seat[] | null;
  readonly onEnd: () => void;
  readonly children: ReactNode;
}

function Saving<Seat extends DraftSeat>(props: SavingProps<Seat>) {
  const { draft, saved, save, whenSaved, onEnd, onRefused, children } = props;
  const edits = draft ? toSave(draft, saved) : [];
  const problem = labelProblem(draft ?? saved);
  const saving = useAction(save, {
    onSuccess: () => {
      onEnd();
      showToast({ id: "layout", kind: "good", title: "Done!", message: whenSaved });
    },
    onError: onRefused,
  });
  const send = (): void => saving.mutate(edits.map((seat) => ({ ...seat, label: seat.label.trim() })));
  return (
    <div className={styles.fields}>
      {children}
      <p className={styles.soft} role="status">
        {problem ?? sayCount(edits.length)}
      </p>
      <Group>
        <Button loading={saving.isPending} disabled={edits.length === 0 || problem !== null} onClick={send}>
          Save the plan
        </Button>
        {edits.length > 0 && (
          <Button variant="default" onClick={onEnd}>
            Discard
          </Button>
        )}
      </Group>
    </div>
  );
}

function sayCount(count: number): string {
  if (count === 0) return "Nothing was changed.";
  return count === 1 ? "One seat to save." : `${count} seats to save.`;
}
