/**
 * Starts the portal: asks the server which project this is, takes out what was kept for a page without a network, then
 * draws the pages.
 */
import { createProjectClient, loadConfig, registerServiceWorker } from "@millstream/kit/client";
import { createQueryClient, keepQueries } from "@millstream/kit/query";
import { PortalRoot } from "@millstream/kit/ui";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createPortalRouter } from "./routes";
import { theme } from "./theme";

const DAY_MS = 86_400_000;

async function start(element: HTMLElement): Promise<void> {
  const client = createProjectClient(await loadConfig());
  const queryClient = createQueryClient({ rememberMs: 7 * DAY_MS });
  const dataFrom = await keepQueries(queryClient, client);
  const router = createPortalRouter();
  createRoot(element).render(
    <StrictMode>
      <PortalRoot theme={theme} client={client} queryClient={queryClient} dataFrom={dataFrom}>
        <RouterProvider router={router} />
      </PortalRoot>
    </StrictMode>,
  );
  void registerServiceWorker();
}

const root = document.getElementById("root");
if (root) {
  start(root).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    root.textContent = `StudySpot could not start. ${reason} Reload the page to try again.`;
  });
}
