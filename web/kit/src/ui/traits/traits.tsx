/**
 * What something has, such as a window, each a word with a sign: as tags, and to be wished for.
 */
import { Chip, Group } from "@mantine/core";
import { IconPointFilled } from "@tabler/icons-react";
import styles from "./traits.module.css";

export interface Trait {
  readonly label: string;
  readonly Sign: typeof IconPointFilled;
}

/** By the name that rows have for it; one that is not among them is shown by that name. */
export type Traits = Readonly<Record<string, Trait>>;

interface TagsProps {
  readonly traits: Traits;
  /** Those that it has. */
  readonly names: readonly string[];
  /** Whose they are, such as `This seat has`. */
  readonly label: string;
}

export function TraitTags({ traits, names, label }: TagsProps) {
  if (names.length === 0) return null;
  return (
    <ul className={styles.tags} aria-label={label}>
      {names.map((name) => {
        const { label: word, Sign } = traits[name] ?? { label: name, Sign: IconPointFilled };
        return (
          <li key={name}>
            <Sign size={16} aria-hidden="true" /> {word}
          </li>
        );
      })}
    </ul>
  );
}

interface ChoiceProps {
  readonly traits: Traits;
  /** What one of them has. */
  readonly offered: readonly string[];
  readonly wanted: readonly string[];
  readonly onChange: (wanted: readonly string[]) => void;
}

export function TraitChoice({ traits, offered, wanted, onChange }: ChoiceProps) {
  if (offered.length === 0) return null;
  return (
    <Chip.Group multiple value={[...wanted]} onChange={onChange}>
      <Group gap={6} role="group" aria-label="With">
        {offered.map((name) => (
          <Chip key={name} value={name} size="sm" variant="outline">
            {traits[name]?.label ?? name}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
