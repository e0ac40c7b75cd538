/**
 * Two people changed the same: shows each such field as it was, as it is now and as the reader wants it, and lets them
 * choose field by field. Nothing is lost by closing it: the form behind keeps what was typed. Fields that follow what
 * somebody else wrote are said to those who do not see them marked.
 */
import { Button, Group, Modal, Radio } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useProject } from "../../hooks";
import styles from "./ConflictDialog.module.css";
import type { FieldConflict } from "./mergeEdits";

interface Props<Values> {
  readonly conflicts: readonly FieldConflict<Values>[];
  /** Who changed it meanwhile, where that is known. */
  readonly by?: string;
  /** Fields that have just taken what somebody else wrote. */
  readonly taken?: readonly (keyof Values & string)[];
  readonly labelOf: (field: keyof Values & string) => string;
  /** How a value is written. */
  readonly write?: (value: unknown, field: keyof Values & string) => ReactNode;
  /** Take the choice: a value for each field in conflict. */
  readonly onResolve: (chosen: Partial<Values>) => void;
  readonly onClose: () => void;
}

type Side = "yours" | "actual";

export function ConflictDialog<Values>(props: Props<Values>) {
  const { conflicts, by = "Somebody else", taken = [], labelOf, write = plainly, onResolve, onClose } = props;
  const { announcer } = useProject();
  const changed = taken.map(labelOf).join(", ");
  useEffect(() => {
    if (changed !== "") announcer.say(`${by} changed: ${changed}.`);
  }, [announcer, by, changed]);
  const [sides, setSides] = useState<Readonly<Partial<Record<string, Side>>>>({});
  const sideOf = (field: string): Side => sides[field] ?? "actual";
  const resolve = (): void => {
    const chosen = conflicts.map((conflict) => [conflict.field, conflict[sideOf(conflict.field)]]);
    onResolve(Object.fromEntries(chosen) as Partial<Values>);
  };
  return (
    <Modal opened={conflicts.length > 0} onClose={onClose} title="This was changed meanwhile" size="lg" centered>
      <p
        className={styles.lead}
      >{`${by} changed the same as you. Choose what shall stand; the rest of your changes is kept.`}</p>
      {conflicts.map(({ field, original, actual, yours }) => (
        <Radio.Group
          key={field}
          className={styles.field}
          label={labelOf(field)}
          description={<>It was: {write(original, field)}</>}
          value={sideOf(field)}
          onChange={(side) => setSides({ ...sides, [field]: side })}
        >
          <div className={styles.sides}>
            <Radio.Card value="actual" className={styles.side}>
              <span className={styles.whose}>
                <Radio.Indicator /> As it is now
              </span>
              <span className={styles.value}>{write(actual, field)}</span>
            </Radio.Card>
            <Radio.Card value="yours" className={styles.side}>
              <span className={styles.whose}>
                <Radio.Indicator /> As you want it
              </span>
              <span className={styles.value}>{write(yours, field)}</span>
            </Radio.Card>
          </div>
        </Radio.Group>
      ))}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Go on editing
        </Button>
        <Button onClick={resolve}>Save this</Button>
      </Group>
    </Modal>
  );
}

function plainly(value: unknown): ReactNode {
  if (value === null || value === undefined || value === "") return <em>nothing</em>;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}
