/**
 * Registers the service worker of an installable portal, for the project's own addresses and no others.
 */
import { projectUrl } from "./config";

/** Do nothing where there is none: in development, and in browsers and at addresses that allow none. */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const scope = projectUrl();
  try {
    await navigator.serviceWorker.register(new URL("sw.js", scope), { scope: scope.pathname });
  } catch {
    // Without it the portal works as long as there is a network.
  }
}
