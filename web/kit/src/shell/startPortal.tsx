/**
 * Starts a portal: asks the server which project this is, then draws the pages; a portal that cannot start says why.
 */
import type { MantineThemeOverride } from "@mantine/core";
import type { QueryClient } from "@tanstack/react-query";
import { type AnyRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createProjectClient, loadConfig, type ProjectClient, registerServiceWorker } from "../client";
import { createQueryClient, KEPT_MS } from "../query";
import { PortalRoot } from "../ui";

export interface Portal {
  /** How the portal is called where nothing else can be shown. */
  readonly name: string;
  readonly theme: MantineThemeOverride;
  readonly router: AnyRouter;
  /** For a portal that can be opened without a network: `keepQueries`. Its service worker keeps the pages. */
  readonly keep?: (queryClient: QueryClient, client: ProjectClient) => Promise<Date | null>;
}

/** Draw the portal into the element `root` of the page. */
export async function startPortal(portal: Portal): Promise<void> {
  const element = document.getElementById("root");
  if (!element) throw new Error("The page has no element with the id `root`.");
  try {
    await draw(portal, element);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    element.textContent = `${portal.name} could not start. ${reason} Reload the page to try again.`;
  }
}

async function draw({ theme, router, keep }: Portal, element: HTMLElement): Promise<void> {
  const client = createProjectClient(await loadConfig());
  const queryClient = createQueryClient(keep && { rememberMs: KEPT_MS });
  const dataFrom = (await keep?.(queryClient, client)) ?? null;
  createRoot(element).render(
    <StrictMode>
      <PortalRoot theme={theme} client={client} queryClient={queryClient} dataFrom={dataFrom}>
        <RouterProvider router={router} />
      </PortalRoot>
    </StrictMode>,
  );
  if (keep) void registerServiceWorker();
}
