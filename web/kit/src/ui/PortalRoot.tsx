/**
 * Everything that stands around a portal's pages: theme, project, toasts, and the live region for screen readers.
 */
import type { MantineThemeOverride } from "@mantine/core";
import type { QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ProjectClient } from "../client";
import { ProjectProvider } from "../hooks";
import { LiveRegion } from "./LiveRegion";
import { PageRoot } from "./PageRoot";

interface Props {
  readonly theme: MantineThemeOverride;
  readonly client: ProjectClient;
  readonly queryClient: QueryClient;
  /** From when the data is that was kept from an earlier visit, where any was. */
  readonly dataFrom?: Date | null;
  /** Quick attempts of the connection to rooms, before it says that it is offline and tries more rarely. */
  readonly fastAttempts?: number;
  readonly children: ReactNode;
}

export function PortalRoot({ theme, children, ...project }: Props) {
  return (
    <PageRoot theme={theme}>
      <ProjectProvider {...project}>
        {children}
        <LiveRegion />
      </ProjectProvider>
    </PageRoot>
  );
}
