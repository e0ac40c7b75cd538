/**
 * What stands around any page of the kit, with or without a project behind it: theme, styles, toasts.
 */
// In a cascade layer, so that our own rules win whatever order the bundle puts them in.
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./kit.css";
import { MantineProvider, type MantineThemeOverride } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { portalVariables } from "./theme";

interface Props {
  readonly theme: MantineThemeOverride;
  readonly children: ReactNode;
}

export function PageRoot({ theme, children }: Props) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={portalVariables} defaultColorScheme="auto">
      {children}
      {/* Above dialogs, below open menus: a message must not cover what is about to be clicked. */}
      <Notifications position="top-right" zIndex={290} limit={4} containerWidth={380} className="kit-toasts" />
    </MantineProvider>
  );
}
