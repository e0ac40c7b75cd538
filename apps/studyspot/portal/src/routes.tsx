/**
 * The addresses of the three portals, below the project's own address, and of the screen at the entrance. Each page is
 * loaded when somebody goes there.
 */
import { withAccountPages } from "@millstream/kit/auth";
import { portalRouterOptions } from "@millstream/kit/shell";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFoundPage } from "./pages/NotFoundPage";
import { StudentLayout } from "./pages/StudentLayout";

const root = createRootRoute({ notFoundComponent: NotFoundPage });

const student = createRoute({ getParentRoute: () => root, id: "student", component: StudentLayout });

const libraries = createRoute({
  getParentRoute: () => student,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/student/LibrariesPage"), "LibrariesPage"),
});

const library = createRoute({
  getParentRoute: () => student,
  path: "/libraries/$slug",
  component: lazyRouteComponent(() => import("./pages/student/LibraryPage"), "LibraryPage"),
});

const bookings = createRoute({
  getParentRoute: () => student,
  path: "/bookings",
  component: lazyRouteComponent(() => import("./pages/student/BookingsPage"), "BookingsPage"),
});

const booking = createRoute({
  getParentRoute: () => student,
  path: "/bookings/$bookingId",
  component: lazyRouteComponent(() => import("./pages/student/BookingPage"), "BookingPage"),
});

const checkIn = createRoute({
  getParentRoute: () => student,
  path: "/check-in/$code",
  component: lazyRouteComponent(() => import("./pages/student/CheckInPage"), "CheckInPage"),
});

const notifications = createRoute({
  getParentRoute: () => student,
  path: "/notifications",
  component: lazyRouteComponent(() => import("./pages/student/NotificationsPage"), "NotificationsPage"),
});

const owner = createRoute({
  getParentRoute: () => root,
  path: "/owner",
  component: lazyRouteComponent(() => import("./pages/OwnerLayout"), "OwnerLayout"),
});

const dashboard = createRoute({
  getParentRoute: () => owner,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/owner/DashboardPage"), "DashboardPage"),
});

const ownerBookings = createRoute({
  getParentRoute: () => owner,
  path: "/bookings",
  component: lazyRouteComponent(() => import("./pages/owner/BookingsPage"), "BookingsPage"),
});

const plan = createRoute({
  getParentRoute: () => owner,
  path: "/plan",
  component: lazyRouteComponent(() => import("./pages/owner/PlanPage"), "PlanPage"),
});

const layout = createRoute({
  getParentRoute: () => owner,
  path: "/layout",
  component: lazyRouteComponent(() => import("./pages/owner/LayoutPage"), "LayoutPage"),
});

const prices = createRoute({
  getParentRoute: () => owner,
  path: "/prices",
  component: lazyRouteComponent(() => import("./pages/owner/PricesPage"), "PricesPage"),
});

const ownLibrary = createRoute({
  getParentRoute: () => owner,
  path: "/library",
  component: lazyRouteComponent(() => import("./pages/owner/LibraryPage"), "LibraryPage"),
});

const staff = createRoute({
  getParentRoute: () => owner,
  path: "/staff",
  component: lazyRouteComponent(() => import("./pages/owner/StaffPage"), "StaffPage"),
});

const announcements = createRoute({
  getParentRoute: () => owner,
  path: "/announcements",
  component: lazyRouteComponent(() => import("./pages/owner/AnnouncementsPage"), "AnnouncementsPage"),
});

const reviews = createRoute({
  getParentRoute: () => owner,
  path: "/reviews",
  component: lazyRouteComponent(() => import("./pages/owner/ReviewsPage"), "ReviewsPage"),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: "/platform",
  component: lazyRouteComponent(() => import("./pages/AdminLayout"), "AdminLayout"),
});

const approval = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/admin/ApprovalPage"), "ApprovalPage"),
});

const announce = createRoute({
  getParentRoute: () => admin,
  path: "/announce",
  component: lazyRouteComponent(() => import("./pages/admin/AnnouncePage"), "AnnouncePage"),
});

const connections = createRoute({
  getParentRoute: () => admin,
  path: "/connections",
  component: lazyRouteComponent(() => import("./pages/admin/ConnectionsPage"), "ConnectionsPage"),
});

const health = createRoute({
  getParentRoute: () => admin,
  path: "/health",
  component: lazyRouteComponent(() => import("./pages/admin/HealthPage"), "HealthPage"),
});

const kiosk = createRoute({
  getParentRoute: () => root,
  path: "/kiosk/$libraryId",
  component: lazyRouteComponent(() => import("./pages/kiosk/KioskPage"), "KioskPage"),
});

export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren([
      withAccountPages(student.addChildren([libraries, library, bookings, booking, checkIn, notifications])),
      owner.addChildren([dashboard, ownerBookings, plan, layout, prices, ownLibrary, staff, announcements, reviews]),
      admin.addChildren([approval, announce, connections, health]),
      kiosk,
    ]),
    ...portalRouterOptions(),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
