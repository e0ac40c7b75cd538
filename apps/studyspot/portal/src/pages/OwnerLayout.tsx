/**
 * What stands around the pages of those who run libraries.
 */
import { Brand, type NavigationItem, PortalShell, UnseenBadge } from "@millstream/kit/shell";
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
  IconTicket,
  IconUsers,
} from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";

const NAVIGATION: readonly NavigationItem[] = [
  { label: "Dashboard", Sign: IconGauge, link: { to: "/owner", activeOptions: { exact: true } } },
  {
    label: "Bookings",
    Sign: IconListDetails,
    link: { to: "/owner/bookings" },
    mark: <UnseenBadge kind="booking.created" />,
  },
  { label: "Passes", Sign: IconTicket, link: { to: "/owner/passes" } },
  { label: "Floor plan", Sign: IconArmchair, link: { to: "/owner/plan" } },
  { label: "Seats and layout", Sign: IconLayoutGrid, link: { to: "/owner/layout" } },
  { label: "Prices", Sign: IconCoin, link: { to: "/owner/prices" } },
  { label: "Library", Sign: IconLibrary, link: { to: "/owner/library" } },
  { label: "Staff", Sign: IconUsers, link: { to: "/owner/staff" } },
  { label: "Announcements", Sign: IconSpeakerphone, link: { to: "/owner/announcements" } },
  { label: "Reviews", Sign: IconStar, link: { to: "/owner/reviews" } },
];

export function OwnerLayout() {
  return (
    <PortalShell
      brand={<Brand name="StudySpot" portal="Owner" link={{ to: "/owner" }} />}
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
