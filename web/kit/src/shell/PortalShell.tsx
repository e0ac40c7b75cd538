/**
 * The frame of every page: skip link, connection banner, header with live chip, organisation and account, the portal's
 * own navigation where it has one, main region, footer.
 */
import { clsx } from "clsx";
import { lazy, type ReactNode, Suspense } from "react";
import { useSession } from "../hooks";
import { ColorSchemeSwitch, ConnectionBanner, LiveChip } from "../ui";
import styles from "./PortalShell.module.css";
import { SessionGuard } from "./SessionGuard";
import { type NavigationItem, SideBar, SideBarButton } from "./SideBar";
import { UserMenu } from "./UserMenu";

const OrganisationSwitch = lazy(async () => ({ default: (await import("./OrganisationSwitch")).OrganisationSwitch }));

interface Props {
  /** The mark and name of the application, as a link to its first page. */
  readonly brand: ReactNode;
  /** Where one can go; without any there is no side bar. */
  readonly navigation?: readonly NavigationItem[];
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

export function PortalShell({ brand, navigation, footer, children }: Props) {
  const { hasAccount } = useSession();
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => document.querySelector("main")?.focus()}>
        Skip to content
      </button>
      <ConnectionBanner />
      <header className={styles.header}>
        <div className={clsx(styles.bar, navigation && styles.wide)}>
          <div className={styles.start}>
            {navigation && <SideBarButton items={navigation} />}
            {brand}
            {hasAccount && (
              <Suspense>
                <OrganisationSwitch />
              </Suspense>
            )}
          </div>
          <div className={styles.tools}>
            <LiveChip />
            <ColorSchemeSwitch />
            <UserMenu />
          </div>
        </div>
      </header>
      <div className={styles.body}>
        {navigation && <SideBar items={navigation} />}
        <main className={styles.main} tabIndex={-1}>
          <SessionGuard>{children}</SessionGuard>
        </main>
      </div>
      <footer className={styles.footer}>
        <div className={styles.bar}>{footer}</div>
      </footer>
    </div>
  );
}
