/**
 * When a place is open in a week, by its own clock: the rows of the kit's table `opening_hours`, to be changed together.
 */
import { deleteRows, insertRows, type ProjectClient } from "../../client";
import { useAction, useTableRows } from "../../hooks";
import { sayZone } from "../../time";
import { type HoursRow, WeekHours } from "../hours";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { showToast } from "../toasts";
import type { Place } from "./place";

type SavedRow = HoursRow & { readonly id: string };

interface Props {
  readonly place: Place;
  readonly mayChange: boolean;
}

export function OpeningWeek({ place, mayChange }: Props) {
  const { rows, error, reload } = useTableRows<SavedRow>({ table: "opening_hours", of: place });
  const save = useAction(saveHours, {
    onSuccess: () =>
      showToast({ id: "hours", kind: "good", title: "Done!", message: "The new hours hold from now on." }),
    onError: ({ message }) => showToast({ id: "hours", kind: "problem", title: "That did not work", message }),
  });
  return (
    <Panel title="Opening hours" lead={`By the clock of the place: ${sayZone(place.timezone)}.`}>
      <Loaded what="hours" value={rows} error={error} reload={reload} count={7} height={40}>
        {(known) => (
          <WeekHours
            key={JSON.stringify(known)}
            rows={known}
            mayChange={mayChange}
            isPending={save.isPending}
            onSave={(hours) => save.mutate({ place, hours, known })}
          />
        )}
      </Loaded>
    </Panel>
  );
}

interface Saved {
  readonly place: Place;
  readonly hours: readonly HoursRow[];
  readonly known: readonly SavedRow[];
}

/** Write the new hours first, so that the place is never closed by accident in between. */
export async function saveHours(client: ProjectClient, { place, hours, known }: Saved): Promise<void> {
  const { column, id, organisation_id } = place;
  const rows = hours.map((row) => ({ ...row, [column]: id, organisation_id }));
  if (rows.length > 0) await insertRows(client, "opening_hours", rows);
  const old = known.map((row) => row.id);
  if (old.length > 0) await deleteRows(client, "opening_hours", old);
}
