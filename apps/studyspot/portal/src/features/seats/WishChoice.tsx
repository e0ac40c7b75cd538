/**
 * What a seat must have: the plan fades the others, and "any free seat" is one of these.
 */
import { Chip, Group } from "@mantine/core";
import { ATTRIBUTES } from "./attributes";

interface Props {
  /** What some seat of the library has. */
  readonly offered: readonly string[];
  readonly wanted: readonly string[];
  readonly onChange: (wanted: readonly string[]) => void;
}

export function WishChoice({ offered, wanted, onChange }: Props) {
  if (offered.length === 0) return null;
  return (
    <Chip.Group multiple value={[...wanted]} onChange={onChange}>
      <Group gap={6} role="group" aria-label="With">
        {offered.map((attribute) => (
          <Chip key={attribute} value={attribute} size="sm" variant="outline">
            {ATTRIBUTES[attribute]?.label ?? attribute}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
