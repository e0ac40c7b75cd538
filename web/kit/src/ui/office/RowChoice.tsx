/**
 * Chooses one of several rows by name; nothing where there is no choice.
 */
import { Select } from "@mantine/core";

interface Row {
  readonly id: string;
  readonly name: string;
}

interface Props {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly current: Row | undefined;
  readonly onChoose: (id: string) => void;
}

export function RowChoice({ label, rows, current, onChoose }: Props) {
  if (rows.length < 2 || !current) return null;
  return (
    <Select
      aria-label={label}
      data={rows.map(({ id, name }) => ({ value: id, label: name }))}
      value={current.id}
      onChange={(id) => id !== null && onChoose(id)}
      allowDeselect={false}
    />
  );
}
