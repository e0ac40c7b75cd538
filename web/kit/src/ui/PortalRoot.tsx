/**
 * Everything that stands around a portal's pages: theme, project, toasts, and the live region for screen readers.
 */
// In a cascade layer, so that our own rules win whatever order the bundle puts them in.
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./kit.css";
import { MantineProvider, type MantineThemeOverride } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ProjectClient } from "../client";
import { ProjectProvider } from "../hooks";
import { LiveRegion } from "./LiveRegion";

interface Props {
  readonly theme: MantineThemeOverride;
  readonly client: ProjectClient;
  readonly queryClient: QueryClient;
  readonly children: ReactNode;
}

export function PortalRoot({ theme, client, queryClient, children }: Props) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ProjectProvider client={client} queryClient={queryClient}>
        {children}
        <LiveRegion />
      </ProjectProvider>
      {/* Above dialogs, below open menus: a message must not cover what is about to be clicked. */}
      <Notifications position="top-right" zIndex={290} limit={4} containerWidth={380} className="kit-toasts" />
    </MantineProvider>
  );
}
