/**
 * Goes anywhere and does anything by a few letters: Ctrl+K, or ⌘K. Loaded when it is first asked for.
 */
import "@mantine/spotlight/styles.layer.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, type SpotlightActionGroupData, useSpotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Command, Palette } from "./commands";

const TYPING_MS = 200;
const SHORTEST_SEARCH = 2;
const OTHERS = "Commands";

const [store, spotlight] = createSpotlight();

interface Props extends Palette {
  /** How often it was asked for; each time opens it. */
  readonly asked: number;
}

export function CommandPalette({ commands = [], search, asked }: Props) {
  useEffect(() => spotlight.open(), [asked]);
  const { query } = useSpotlight(store);
  const found = useFound(query, search);
  const navigate = useNavigate();
  const carryOut = ({ link, run }: Command): void => {
    if (link) void navigate(link as Parameters<typeof navigate>[0]);
    else run();
  };
  const groups = Map.groupBy(
    [...commands.filter((command) => fits(command, query)), ...found],
    ({ group = OTHERS }) => group,
  );
  const actions = [...groups].map(([group, ofGroup]): SpotlightActionGroupData => ({
    group,
    actions: ofGroup.map((command) => ({
      id: command.id,
      label: command.label,
      ...(command.description !== undefined && { description: command.description }),
      leftSection: command.icon,
      onClick: () => carryOut(command),
    })),
  }));
  return (
    <Spotlight
      store={store}
      shortcut={null}
      attributes={{ content: { "aria-label": "Commands" } }}
      actions={actions}
      filter={(_query, all) => all}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound="Nothing is called so"
      searchProps={{
        placeholder: "Where to, or what to do?",
        "aria-label": "Where to, or what to do?",
        leftSection: <IconSearch size={20} aria-hidden="true" />,
      }}
    />
  );
}

/** Every word typed begins a word of the command. */
export function fits({ label, description = "", keywords = [] }: Command, query: string): boolean {
  const words = [label, description, ...keywords]
    .join(" ")
    .toLocaleLowerCase()
    .split(/[\s/-]+/u);
  const typed = query.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return typed.every((part) => words.some((word) => word.startsWith(part)));
}

function useFound(query: string, search: Palette["search"]): readonly Command[] {
  const [typed] = useDebouncedValue(query.trim(), TYPING_MS);
  const { data } = useQuery({
    queryKey: ["palette", typed],
    queryFn: () => search?.(typed) ?? [],
    enabled: search !== undefined && typed.length >= SHORTEST_SEARCH,
    staleTime: 10_000,
  });
  return typed.length >= SHORTEST_SEARCH ? (data ?? []) : [];
}
