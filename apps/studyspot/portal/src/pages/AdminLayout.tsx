/**
 * What stands around the pages of the platform's administrators.
 */
import { type NavigationItem, PortalShell } from "@millstream/kit/shell";
import { ConnectionStatus } from "@millstream/kit/ui";
import { IconHeartbeat, IconLibrary, IconPlugConnected, IconSpeakerphone } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { AnnouncementNews } from "../features/announcements/AnnouncementNews";
import { Brand } from "./Brand";

const NAVIGATION: readonly NavigationItem[] = [
  {
    label: "Libraries",
    icon: <IconLibrary size={20} aria-hidden="true" />,
    link: { to: "/platform", activeOptions: { exact: true } },
  },
  { label: "Announce", icon: <IconSpeakerphone size={20} aria-hidden="true" />, link: { to: "/platform/announce" } },
  {
    label: "Connections",
    icon: <IconPlugConnected size={20} aria-hidden="true" />,
    link: { to: "/platform/connections" },
  },
  { label: "Health", icon: <IconHeartbeat size={20} aria-hidden="true" />, link: { to: "/platform/health" } },
];

export function AdminLayout() {
  return (
    <PortalShell
      brand={<Brand to="/platform" portal="Admin" />}
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
