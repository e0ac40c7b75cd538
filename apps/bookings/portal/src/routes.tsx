/**
 * The addresses of the portal, below the project's own address. Each page is loaded when somebody goes there.
 */
import { withAccountPages } from "@millstream/kit/auth";
import { portalRouterOptions } from "@millstream/kit/shell";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Layout } from "./pages/Layout";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage });

const providers = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/ProvidersPage"), "ProvidersPage"),
});

const provider = createRoute({
  getParentRoute: () => root,
  path: "/providers/$slug",
  component: lazyRouteComponent(() => import("./pages/ProviderPage"), "ProviderPage"),
});

const booking = createRoute({
  getParentRoute: () => root,
  path: "/my-bookings/$bookingId",
  component: lazyRouteComponent(() => import("./pages/BookingPage"), "BookingPage"),
});

const link = createRoute({
  getParentRoute: () => root,
  path: "/booking/$token",
  component: lazyRouteComponent(() => import("./pages/BookingLinkPage"), "BookingLinkPage"),
});

const own = createRoute({
  getParentRoute: () => root,
  path: "/my-bookings",
  component: lazyRouteComponent(() => import("./pages/OwnBookingsPage"), "OwnBookingsPage"),
});

const calendar = createRoute({
  getParentRoute: () => root,
  path: "/calendar",
  component: lazyRouteComponent(() => import("./pages/CalendarPage"), "CalendarPage"),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/dashboard",
  component: lazyRouteComponent(() => import("./pages/DashboardPage"), "DashboardPage"),
});

const bookings = createRoute({
  getParentRoute: () => root,
  path: "/bookings",
  component: lazyRouteComponent(() => import("./pages/BookingsPage"), "BookingsPage"),
});

const services = createRoute({
  getParentRoute: () => root,
  path: "/services",
  component: lazyRouteComponent(() => import("./pages/ServicesPage"), "ServicesPage"),
});

const hours = createRoute({
  getParentRoute: () => root,
  path: "/hours",
  component: lazyRouteComponent(() => import("./pages/HoursPage"), "HoursPage"),
});

const clients = createRoute({
  getParentRoute: () => root,
  path: "/clients",
  component: lazyRouteComponent(() => import("./pages/ClientsPage"), "ClientsPage"),
});

const demo = createRoute({
  getParentRoute: () => root,
  path: "/demo/real-time-bookings",
  component: lazyRouteComponent(() => import("./pages/RealTimeDemoPage"), "RealTimeDemoPage"),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./pages/WebhooksPage"), "WebhooksPage"),
});

export function createPortalRouter() {
  return createRouter({
    routeTree: withAccountPages(
      root.addChildren([
        providers,
        provider,
        own,
        booking,
        link,
        dashboard,
        calendar,
        bookings,
        services,
        hours,
        clients,
        demo,
        webhooks,
      ]),
    ),
    ...portalRouterOptions(),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
