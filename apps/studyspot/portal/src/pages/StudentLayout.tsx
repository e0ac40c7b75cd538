/**
 * What stands around the pages of students: made for a phone first, where the tabs are at the thumb.
 */
import { useSession } from "@millstream/kit/hooks";
import { PortalShell, type NavigationItem } from "@millstream/kit/shell";
import { ConnectionStatus } from "@millstream/kit/ui";
import { IconArmchair, IconBell, IconBooks } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";
import { BookingNews, isOfOwnBooking } from "../features/booking/BookingNews";
import { Brand } from "./Brand";

const TABS: readonly NavigationItem[] = [
  {
    label: "Libraries",
    icon: <IconBooks size={22} aria-hidden="true" />,
    link: { to: "/", activeOptions: { exact: true } },
  },
  { label: "Bookings", icon: <IconArmchair size={22} aria-hidden="true" />, link: { to: "/bookings" } },
  { label: "Notifications", icon: <IconBell size={22} aria-hidden="true" />, link: { to: "/notifications" } },
];

export function StudentLayout({ children = <Outlet /> }: { readonly children?: ReactNode }) {
  const { user } = useSession();
  return (
    <PortalShell
      brand={<Brand to="/" />}
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
