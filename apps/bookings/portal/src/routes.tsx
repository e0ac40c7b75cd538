/**
 * The addresses of the portal, below the project's own address. Each page is loaded when somebody goes there.
 */
import { withAccountPages } from "@millstream/kit/auth";
import { page, portalRouterOptions } from "@millstream/kit/shell";
import { createRootRoute, createRouter } from "@tanstack/react-router";
import { Layout } from "./pages/Layout";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage });

const providers = page(root, "/", () => import("./pages/ProvidersPage"), "ProvidersPage");
const provider = page(root, "/providers/$slug", () => import("./pages/ProviderPage"), "ProviderPage");
const booking = page(root, "/my-bookings/$bookingId", () => import("./pages/BookingPage"), "BookingPage");
const link = page(root, "/booking/$token", () => import("./pages/BookingLinkPage"), "BookingLinkPage");
const own = page(root, "/my-bookings", () => import("./pages/OwnBookingsPage"), "OwnBookingsPage");
const calendar = page(root, "/calendar", () => import("./pages/CalendarPage"), "CalendarPage");
const dashboard = page(root, "/dashboard", () => import("./pages/DashboardPage"), "DashboardPage");
const bookings = page(root, "/bookings", () => import("./pages/BookingsPage"), "BookingsPage");
const services = page(root, "/services", () => import("./pages/ServicesPage"), "ServicesPage");
const hours = page(root, "/hours", () => import("./pages/HoursPage"), "HoursPage");
const clients = page(root, "/clients", () => import("./pages/ClientsPage"), "ClientsPage");
const demo = page(root, "/demo/real-time-bookings", () => import("./pages/RealTimeDemoPage"), "RealTimeDemoPage");
const webhooks = page(root, "/webhooks", () => import("./pages/WebhooksPage"), "WebhooksPage");

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
