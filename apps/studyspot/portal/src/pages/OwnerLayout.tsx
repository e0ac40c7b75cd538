/**
 * What stands around the pages of those who run libraries.
 */
import { type NavigationItem, PortalShell } from "@millstream/kit/shell";
import { ConnectionStatus } from "@millstream/kit/ui";
import {
  IconArmchair,
  IconCoin,
  IconGauge,
  IconLayoutGrid,
  IconLibrary,
  IconListDetails,
  IconSpeakerphone,
  IconStar,
  IconUsers,
} from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";
import { NewBookingsBadge } from "../features/owner/NewBookingsBadge";
import { Brand } from "./Brand";

const NAVIGATION: readonly NavigationItem[] = [
  {
    label: "Dashboard",
    icon: <IconGauge size={20} aria-hidden="true" />,
    link: { to: "/owner", activeOptions: { exact: true } },
  },
  {
    label: "Bookings",
    icon: <IconListDetails size={20} aria-hidden="true" />,
    link: { to: "/owner/bookings" },
    mark: <NewBookingsBadge />,
  },
  { label: "Floor plan", icon: <IconArmchair size={20} aria-hidden="true" />, link: { to: "/owner/plan" } },
  { label: "Seats and layout", icon: <IconLayoutGrid size={20} aria-hidden="true" />, link: { to: "/owner/layout" } },
  { label: "Prices", icon: <IconCoin size={20} aria-hidden="true" />, link: { to: "/owner/prices" } },
  { label: "Library", icon: <IconLibrary size={20} aria-hidden="true" />, link: { to: "/owner/library" } },
  { label: "Staff", icon: <IconUsers size={20} aria-hidden="true" />, link: { to: "/owner/staff" } },
  {
    label: "Announcements",
    icon: <IconSpeakerphone size={20} aria-hidden="true" />,
    link: { to: "/owner/announcements" },
  },
  { label: "Reviews", icon: <IconStar size={20} aria-hidden="true" />, link: { to: "/owner/reviews" } },
];

export function OwnerLayout() {
  return (
    <PortalShell
      brand={<Brand to="/owner" portal="Owner" />}
      navigation={NAVIGATION}
      status={<ConnectionStatus />}
      notifications
      footer="What you see is now."
    >
      <AnnouncementNews />
      <Outlet />
    </PortalShell>
  );
}
