/**
 * What stands around each page of the portal.
 */
import { PortalShell } from "@millstream/kit/shell";
import { Link, Outlet } from "@tanstack/react-router";
import styles from "./Layout.module.css";

export function Layout() {
  const brand = (
    <Link to="/" className={styles.brand} aria-label="LodgeTix, all events">
      <img src="./icon.svg" alt="" width={32} height={32} />
      LodgeTix
    </Link>
  );
  return (
    <PortalShell brand={brand} notifications footer="Never sold twice. What you see is now.">
      <Outlet />
    </PortalShell>
  );
}
