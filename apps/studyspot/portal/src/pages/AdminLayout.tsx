/**
 * What stands around the pages of the platform's administrators.
 */
import { Brand, type NavigationItem, PortalShell } from "@millstream/kit/shell";
import { ConnectionStatus } from "@millstream/kit/ui";
import { IconHeartbeat, IconLibrary, IconPlugConnected, IconSpeakerphone } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";

const NAVIGATION: readonly NavigationItem[] = [
  { label: "Libraries", Sign: IconLibrary, link: { to: "/platform", activeOptions: { exact: true } } },
  { label: "Announce", Sign: IconSpeakerphone, link: { to: "/platform/announce" } },
  { label: "Connections", Sign: IconPlugConnected, link: { to: "/platform/connections" } },
  { label: "Health", Sign: IconHeartbeat, link: { to: "/platform/health" } },
];

export function AdminLayout() {
  return (
    <PortalShell
      brand={<Brand name="StudySpot" portal="Admin" link={{ to: "/platform" }} />}
      navigation={NAVIGATION}
      status={<ConnectionStatus />}
      notifications
      footer="Every library, every connection."
    >
      <AnnouncementNews />
      <Outlet />
    </PortalShell>
  );
}
