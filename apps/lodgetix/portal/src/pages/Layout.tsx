/**
 * What stands around each page of the portal.
 */
import { Brand, PortalShell } from "@millstream/kit/shell";
import { Outlet } from "@tanstack/react-router";

export function Layout() {
  return (
    <PortalShell
      brand={<Brand name="LodgeTix" leadsTo="all events" link={{ to: "/" }} />}
      notifications
      footer="Never sold twice. What you see is now."
    >
      <Outlet />
    </PortalShell>
  );
}
