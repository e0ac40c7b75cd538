/**
 * The addresses of the portal, below the project's own address. Each page is loaded when somebody goes there.
 */
import { withAccountPages } from "@millstream/kit/auth";
import { page, portalRouterOptions } from "@millstream/kit/shell";
import { createRootRoute, createRouter } from "@tanstack/react-router";
import { Layout } from "./pages/Layout";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage });

const events = page(root, "/", () => import("./pages/EventsPage"), "EventsPage");
const event = page(root, "/events/$slug", () => import("./pages/EventPage"), "EventPage");

export function createPortalRouter() {
  return createRouter({
    routeTree: withAccountPages(root.addChildren([events, event])),
    ...portalRouterOptions(),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
