/**
 * When a library is open in a week, by its own clock; a day may have several ranges, or none.
 */
import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { database, type ProjectClient, unwrap } from "@millstream/kit/client";
import { useAction } from "@millstream/kit/hooks";
import { Panel, showToast } from "@millstream/kit/ui";
import { sayZone } from "@millstream/kit/time";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Database } from "../../database.types";
import type { LibraryRow, OpeningHoursRow } from "../../rows";
import { Loaded } from "../Loaded";
import { useLibraryRows } from "../useLibraryRows";
import { DAYS, type Range, rangesOf, writable } from "./hours";
import styles from "./OwnerPage.module.css";

interface Props {
  readonly library: LibraryRow;
  readonly mayChange: boolean;
}

export function OpeningHours({ library, mayChange }: Props) {
  const { rows, error, reload } = useLibraryRows("opening_hours", library.id);
  return (
    <Panel title="Opening hours" lead={`By the clock of the place: ${sayZone(library.timezone)}.`}>
      <Loaded what="hours" value={rows} error={error} reload={reload} count={7} height={40}>
        {(known) => <Week key={JSON.stringify(known)} library={library} rows={known} mayChange={mayChange} />}
      </Loaded>
    </Panel>
  );
}

function Week({ library, rows, mayChange }: Props & { readonly rows: readonly OpeningHoursRow[] }) {
  const [ranges, setRanges] = useState(() => rangesOf(rows));
  const wrong = ranges.filter((range) => writable(range) === null);
  const save = useAction(saveHours, {
    onSuccess: () =>
      showToast({ id: "hours", kind: "good", title: "Done!", message: "The new hours hold from now on." }),
    onError: ({ message }) => showToast({ id: "hours", kind: "problem", title: "That did not work", message }),
  });
  const change = (key: string, part: Partial<Range>): void =>
    setRanges(ranges.map((range) => (range.key === key ? { ...range, ...part } : range)));
  const add = (weekday: number): void =>
    setRanges([...ranges, { key: crypto.randomUUID(), weekday, opens: "09:00", closes: "18:00" }]);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.length === 0) save.mutate({ library, ranges, known: rows });
      }}
    >
      <fieldset className={styles.bare} disabled={!mayChange}>
        {DAYS.map((name, index) => (
          <div key={name} className={styles.day} role="group" aria-label={name}>
            <Group gap={4} wrap="nowrap">
              {mayChange && (
                <ActionIcon variant="subtle" aria-label={`Add hours on ${name}`} onClick={() => add(index + 1)}>
                  <IconPlus size={16} />
                </ActionIcon>
              )}
              {name}
            </Group>
            <div className={styles.ranges}>
              {ranges
                .filter(({ weekday }) => weekday === index + 1)
                .map((range) => (
                  <RangeFields
                    key={range.key}
                    range={range}
                    isWrong={wrong.includes(range)}
                    onChange={(part) => change(range.key, part)}
                    onRemove={() => setRanges(ranges.filter(({ key }) => key !== range.key))}
                  />
                ))}
              {!ranges.some(({ weekday }) => weekday === index + 1) && <span className={styles.soft}>Closed</span>}
            </div>
          </div>
        ))}
      </fieldset>
      {mayChange && (
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={wrong.length > 0}>
            Save the hours
          </Button>
        </Group>
      )}
    </form>
  );
}

interface RangeProps {
  readonly range: Range;
  readonly isWrong: boolean;
  readonly onChange: (part: Partial<Range>) => void;
  readonly onRemove: () => void;
}

function RangeFields({ range: { opens, closes }, isWrong, onChange, onRemove }: RangeProps) {
  return (
    <div>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          type="time"
          flex={1}
          aria-label="Opens"
          value={opens}
          error={isWrong}
          onChange={(event) => onChange({ opens: event.currentTarget.value })}
        />
        –
        <TextInput
          type="time"
          flex={1}
          aria-label="Closes"
          value={closes}
          error={isWrong}
          onChange={(event) => onChange({ closes: event.currentTarget.value })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label="Remove these hours" onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {isWrong && <p className={styles.soft}>It closes after it opens; 00:00 is midnight.</p>}
    </div>
  );
}

interface Saved {
  readonly library: LibraryRow;
  readonly ranges: readonly Range[];
  readonly known: readonly OpeningHoursRow[];
}

/** Write the new hours first, so that the library is never closed by accident in between. */
async function saveHours(client: ProjectClient, { library, ranges, known }: Saved): Promise<void> {
  const table = () => database<Database>(client).from("opening_hours");
  const { id: library_id, organisation_id } = library;
  const hours = ranges
    .flatMap((range) => writable(range) ?? [])
    .map((row) => ({ ...row, library_id, organisation_id }));
  if (hours.length > 0) unwrap(await table().insert(hours).select("id"));
  const ids = known.map(({ id }) => id);
  if (ids.length > 0) unwrap(await table().delete().in("id", ids).select("id"));
}
