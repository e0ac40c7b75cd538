/**
 * Opens the command palette, by a press or by Ctrl+K; the palette itself is loaded the first time.
 */
import { ActionIcon, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Palette } from "./commands";
import styles from "./PaletteButton.module.css";

const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette")).CommandPalette }));

const KEYS = /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘K" : "Ctrl K";

export function PaletteButton(palette: Palette) {
  const [asked, setAsked] = useState(0);
  const ask = (): void => setAsked(asked + 1);
  useHotkeys([["mod+K", ask]], []);
  return (
    <>
      <UnstyledButton className={styles.wide} onClick={ask}>
        <IconSearch size={16} aria-hidden="true" /> Search <kbd className={styles.keys}>{KEYS}</kbd>
      </UnstyledButton>
      <ActionIcon className={styles.narrow} variant="subtle" color="gray" size="lg" aria-label="Search" onClick={ask}>
        <IconSearch size={20} />
      </ActionIcon>
      {asked > 0 && (
        <Suspense>
          <CommandPalette {...palette} asked={asked} />
        </Suspense>
      )}
    </>
  );
}
