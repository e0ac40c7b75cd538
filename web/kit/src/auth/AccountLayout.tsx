/**
 * The frame of the pages of one's own account: where one can go, beside the page on a desktop, above it on a phone.
 */
import { IconBuilding, IconDevices, IconShieldLock, IconUserCircle } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useSession } from "../hooks";
import { LoadingState } from "../ui";
import styles from "./AccountLayout.module.css";
import { linkTo, ToSignIn } from "./navigation";
import { PATHS } from "./paths";

const PAGES = [
  { to: PATHS.profile, label: "Profile", Sign: IconUserCircle },
  { to: PATHS.security, label: "Security", Sign: IconShieldLock },
  { to: PATHS.sessions, label: "Sessions", Sign: IconDevices },
  { to: PATHS.organisations, label: "Organisations", Sign: IconBuilding },
] as const;

export function AccountLayout() {
  const { isLoading, hasAccount } = useSession();
  if (isLoading) return <LoadingState label="Loading your account" count={2} height={180} className={styles.loading} />;
  if (!hasAccount) return <ToSignIn />;
  return (
    <div className={styles.page}>
      <nav aria-label="Your account" className={styles.nav}>
        <ul>
          {PAGES.map(({ to, label, Sign }) => (
            <li key={to}>
              <Link {...linkTo(to)} className={styles.link} activeProps={{ className: styles.current ?? "" }}>
                <Sign size={19} aria-hidden="true" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.content}>
        <Outlet />
      </div>
    </div>
  );
}
