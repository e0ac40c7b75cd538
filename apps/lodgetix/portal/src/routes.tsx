/**
 * The addresses of the portal, below the project's own address.
 */
import { projectUrl } from "@millstream/kit/client";
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { EventPage } from "./pages/EventPage";
import { EventsPage } from "./pages/EventsPage";
import { Layout } from "./pages/Layout";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage });

const events = createRoute({ getParentRoute: () => root, path: "/", component: EventsPage });

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$slug",
  component: function EventRoute() {
    return <EventPage slug={event.useParams().slug} />;
  },
});

export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren([events, event]),
    basepath: projectUrl().pathname,
    scrollRestoration: true,
    defaultPreload: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
