/**
 * One of several rows, which the browser remembers as chosen: the branch that one works at, the calendar that one reads.
 */
import { useLocalStorage } from "@mantine/hooks";
import { useProject } from "../../hooks";

export interface UseChosen<Row> {
  /** The chosen one, else the first; undefined where there is none. */
  readonly current: Row | undefined;
  readonly choose: (id: string) => void;
}

/** The name tells this choice from others of the same portal. */
export function useChosen<Row extends { readonly id: string }>(
  name: string,
  rows: readonly Row[] | undefined,
): UseChosen<Row> {
  const { client } = useProject();
  const [chosen, choose] = useLocalStorage({
    key: `millstream.${client.config.name}.${name}`,
    getInitialValueInEffect: false,
  });
  return { current: rows?.find(({ id }) => id === chosen) ?? rows?.[0], choose };
}
