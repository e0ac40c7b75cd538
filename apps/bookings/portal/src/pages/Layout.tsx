/**
 * What stands around each page of the portal.
 */
import { PortalShell } from "@millstream/kit/shell";
import { Link, Outlet } from "@tanstack/react-router";
import styles from "./Layout.module.css";

export function Layout() {
  const brand = (
    <Link to="/" className={styles.brand} aria-label="Bookings, all providers">
      <img src="./icon.svg" alt="" width={32} height={32} />
      Bookings
    </Link>
  );
  return (
    <PortalShell brand={brand} footer="A time is yours alone, from the moment you hold it.">
      <Outlet />
    </PortalShell>
  );
}
