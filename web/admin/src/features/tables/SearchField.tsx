/**
 * What a list is searched for; asked of the server when typing pauses.
 */
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ label, value, onChange }: Props) {
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={value}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
