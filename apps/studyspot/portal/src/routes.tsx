/**
 * The addresses of the three portals, below the project's own address, and of the screen at the entrance. Each page is
 * loaded when somebody goes there.
 */
import { withAccountPages } from "@millstream/kit/auth";
import { page, portalRouterOptions } from "@millstream/kit/shell";
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { NotFoundPage } from "./pages/NotFoundPage";
import { StudentLayout } from "./pages/StudentLayout";

const root = createRootRoute({ notFoundComponent: NotFoundPage });

const student = createRoute({ getParentRoute: () => root, id: "student", component: StudentLayout });

const libraries = page(student, "/", () => import("./pages/student/LibrariesPage"), "LibrariesPage");
const library = page(student, "/libraries/$slug", () => import("./pages/student/LibraryPage"), "LibraryPage");
const bookings = page(student, "/bookings", () => import("./pages/student/BookingsPage"), "BookingsPage");
const booking = page(student, "/bookings/$bookingId", () => import("./pages/student/BookingPage"), "BookingPage");
const checkIn = page(student, "/check-in/$code", () => import("./pages/student/CheckInPage"), "CheckInPage");
const notifications = page(
  student,
  "/notifications",
  () => import("./pages/student/NotificationsPage"),
  "NotificationsPage",
);

const owner = page(root, "/owner", () => import("./pages/OwnerLayout"), "OwnerLayout");
const dashboard = page(owner, "/", () => import("./pages/owner/DashboardPage"), "DashboardPage");
const ownerBookings = page(owner, "/bookings", () => import("./pages/owner/BookingsPage"), "BookingsPage");
const passes = page(owner, "/passes", () => import("./pages/owner/PassesPage"), "PassesPage");
const plan = page(owner, "/plan", () => import("./pages/owner/PlanPage"), "PlanPage");
const layout = page(owner, "/layout", () => import("./pages/owner/LayoutPage"), "LayoutPage");
const prices = page(owner, "/prices", () => import("./pages/owner/PricesPage"), "PricesPage");
const ownLibrary = page(owner, "/library", () => import("./pages/owner/LibraryPage"), "LibraryPage");
const newLibrary = page(owner, "/libraries/new", () => import("./pages/owner/NewLibraryPage"), "NewLibraryPage");
const staff = page(owner, "/staff", () => import("./pages/owner/StaffPage"), "StaffPage");
const announcements = page(
  owner,
  "/announcements",
  () => import("./pages/owner/AnnouncementsPage"),
  "AnnouncementsPage",
);
const reviews = page(owner, "/reviews", () => import("./pages/owner/ReviewsPage"), "ReviewsPage");

const admin = page(root, "/platform", () => import("./pages/AdminLayout"), "AdminLayout");
const approval = page(admin, "/", () => import("./pages/admin/ApprovalPage"), "ApprovalPage");
const announce = page(admin, "/announce", () => import("./pages/admin/AnnouncePage"), "AnnouncePage");
const connections = page(admin, "/connections", () => import("./pages/admin/ConnectionsPage"), "ConnectionsPage");
const health = page(admin, "/health", () => import("./pages/admin/HealthPage"), "HealthPage");

const kiosk = page(root, "/kiosk/$libraryId", () => import("./pages/kiosk/KioskPage"), "KioskPage");

export function createPortalRouter() {
  return createRouter({
    routeTree: root.addChildren([
      withAccountPages(student.addChildren([libraries, library, bookings, booking, checkIn, notifications])),
      owner.addChildren([
        dashboard,
        ownerBookings,
        passes,
        plan,
        layout,
        prices,
        ownLibrary,
        newLibrary,
        staff,
        announcements,
        reviews,
      ]),
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
