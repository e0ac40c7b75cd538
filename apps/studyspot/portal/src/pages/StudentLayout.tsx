/**
 * What stands around the pages of students: made for a phone first, where the tabs are at the thumb.
 */
import { useSession } from "@millstream/kit/hooks";
import { Brand, type NavigationItem, PortalShell } from "@millstream/kit/shell";
import { ConnectionStatus } from "@millstream/kit/ui";
import { IconArmchair, IconBell, IconBooks } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";
import { BookingNews, isOfOwnBooking } from "../features/booking/BookingNews";

const TABS: readonly NavigationItem[] = [
  { label: "Libraries", Sign: IconBooks, link: { to: "/", activeOptions: { exact: true } } },
  { label: "Bookings", Sign: IconArmchair, link: { to: "/bookings" } },
  { label: "Notifications", Sign: IconBell, link: { to: "/notifications" } },
];

export function StudentLayout({ children = <Outlet /> }: { readonly children?: ReactNode }) {
  const { user } = useSession();
  return (
    <PortalShell
      brand={<Brand name="StudySpot" leadsTo="all libraries" link={{ to: "/" }} />}
      tabs={TABS}
      status={<ConnectionStatus />}
      notifications
      isTold={isOfOwnBooking}
      footer="A seat that you see is free is free."
    >
      <AnnouncementNews />
      {user && <BookingNews key={user.id} student={user.id} />}
      {children}
    </PortalShell>
  );
}
