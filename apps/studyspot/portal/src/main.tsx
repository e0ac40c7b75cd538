/**
 * Starts the portal: asks the server which project this is, then draws the pages.
 */
import { createProjectClient, loadConfig } from "@millstream/kit/client";
import { createQueryClient } from "@millstream/kit/query";
import { PortalRoot } from "@millstream/kit/ui";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createPortalRouter } from "./routes";
import { theme } from "./theme";

async function start(element: HTMLElement): Promise<void> {
  const client = createProjectClient(await loadConfig());
  const router = createPortalRouter();
  createRoot(element).render(
    <StrictMode>
      <PortalRoot theme={theme} client={client} queryClient={createQueryClient()}>
        <RouterProvider router={router} />
      </PortalRoot>
    </StrictMode>,
  );
}

const root = document.getElementById("root");
if (root) {
  start(root).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    root.textContent = `StudySpot could not start. ${reason} Reload the page to try again.`;
  });
}
