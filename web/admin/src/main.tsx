/**
 * Starts the admin view: takes the key from the address, if it brings one, then draws the page.
 */
import { PageRoot } from "@millstream/kit/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createAdminCache } from "./features/admin/ask";
import { takeKeyFromAddress } from "./features/key/adminKey";
import { App } from "./pages/App";
import { theme } from "./theme";

takeKeyFromAddress();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <PageRoot theme={theme}>
        <QueryClientProvider client={createAdminCache()}>
          <App />
        </QueryClientProvider>
      </PageRoot>
    </StrictMode>,
  );
}
