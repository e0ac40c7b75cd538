/**
 * When a library is open in a week, by its own clock.
 */
import { database, type ProjectClient, unwrap } from "@millstream/kit/client";
import { useAction } from "@millstream/kit/hooks";
import { type HoursRow, Loaded, Panel, showToast, WeekHours } from "@millstream/kit/ui";
import { sayZone } from "@millstream/kit/time";
import type { Database } from "../../database.types";
import type { LibraryRow, OpeningHoursRow } from "../../rows";
import { useLibraryRows } from "../useLibraryRows";

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function OpeningHours({ library, mayChange }: Props) {
  const { rows, error, reload } = useLibraryRows("opening_hours", library.id);
  const save = useAction(saveHours, {
    onSuccess: () =>
      showToast({ id: "hours", kind: "good", title: "Done!", message: "The new hours hold from now on." }),
    onError: ({ message }) => showToast({ id: "hours", kind: "problem", title: "That did not work", message }),
  });
  return (
    <Panel title="Opening hours" lead={`By the clock of the place: ${sayZone(library.timezone)}.`}>
      <Loaded what="hours" value={rows} error={error} reload={reload} count={7} height={40}>
        {(known) => (
          <WeekHours
            key={JSON.stringify(known)}
            rows={known}
            mayChange={mayChange}
            isPending={save.isPending}
            onSave={(hours) => save.mutate({ library, hours, known })}
          />
        )}
      </Loaded>
    </Panel>
  );
}

interface Saved {
  readonly library: LibraryRow;
  readonly hours: readonly HoursRow[];
  readonly known: readonly OpeningHoursRow[];
}

/** Write the new hours first, so that the library is never closed by accident in between. */
async function saveHours(client: ProjectClient, { library, hours, known }: Saved): Promise<void> {
  const table = () => database<Database>(client).from("opening_hours");
  const { id: library_id, organisation_id } = library;
  const rows = hours.map((row) => ({ ...row, library_id, organisation_id }));
  if (rows.length > 0) unwrap(await table().insert(rows).select("id"));
  const ids = known.map(({ id }) => id);
  if (ids.length > 0) unwrap(await table().delete().in("id", ids).select("id"));
}
