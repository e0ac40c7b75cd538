/**
 * When a place is open in a week, to be changed; a day has several ranges, or none.
 */
import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { DAYS, type HoursRange, type HoursRow, rangesOf, rowOf } from "./hours";
import styles from "./WeekHours.module.css";

interface Props {
  /** As they are saved; give the component a key of them, so that it begins anew when they change. */
  readonly rows: readonly (HoursRow & { readonly id: string })[];
  readonly mayChange: boolean;
  readonly isPending: boolean;
  readonly onSave: (rows: readonly HoursRow[]) => void;
}

export function WeekHours({ rows, mayChange, isPending, onSave }: Props) {
  const [ranges, setRanges] = useState(() => rangesOf(rows));
  const wrong = ranges.filter((range) => rowOf(range) === null);
  const change = (key: string, part: Partial<HoursRange>): void =>
    setRanges(ranges.map((range) => (range.key === key ? { ...range, ...part } : range)));
  const add = (weekday: number): void =>
    setRanges([...ranges, { key: crypto.randomUUID(), weekday, opens: "09:00", closes: "18:00" }]);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.length === 0) onSave(ranges.flatMap((range) => rowOf(range) ?? []));
      }}
    >
      <fieldset className={styles.week} disabled={!mayChange}>
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
              {!ranges.some(({ weekday }) => weekday === index + 1) && <span className={styles.closed}>Closed</span>}
            </div>
          </div>
        ))}
      </fieldset>
      {mayChange && (
        <Group justify="flex-end">
          <Button type="submit" loading={isPending} disabled={wrong.length > 0}>
            Save the hours
          </Button>
        </Group>
      )}
    </form>
  );
}

interface RangeProps {
  readonly range: HoursRange;
  readonly isWrong: boolean;
  readonly onChange: (part: Partial<HoursRange>) => void;
  readonly onRemove: () => void;
}

const ENDS = [
  ["opens", "Opens"],
  ["closes", "Closes"],
] as const;

function RangeFields({ range, isWrong, onChange, onRemove }: RangeProps) {
  return (
    <div>
      <Group gap="xs" wrap="nowrap">
        {ENDS.map(([end, label]) => (
          <TextInput
            key={end}
            type="time"
            flex={1}
            aria-label={label}
            value={range[end]}
            error={isWrong}
            onChange={(event) => onChange({ [end]: event.currentTarget.value })}
          />
        ))}
        <ActionIcon variant="subtle" color="gray" aria-label="Remove these hours" onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {isWrong && <p className={styles.closed}>It closes after it opens; 00:00 is midnight.</p>}
    </div>
  );
}
