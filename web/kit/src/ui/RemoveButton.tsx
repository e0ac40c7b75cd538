/**
 * Takes one row of a table away.
 */
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { RequestFailed } from "../client";
import { useRemoval } from "./useRemoval";

interface Props {
  readonly table: string;
  readonly id: string;
  /** What it does, by name: `Remove 09:00–12:00 on Monday`. */
  readonly label: string;
  readonly say?: (refusal: RequestFailed) => string;
}

export function RemoveButton({ table, id, label, say }: Props) {
  const { remove, isRemoving } = useRemoval(table, say);
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} loading={isRemoving(id)} onClick={() => remove(id)}>
      <IconX size={16} aria-hidden="true" />
    </ActionIcon>
  );
}
