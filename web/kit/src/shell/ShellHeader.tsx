/**
 * The header of every page: brand, organisation, command palette, live chip, bell, colours, account; in a demo it says
 * that it is one.
 */
import { clsx } from "clsx";
import { lazy, type ReactNode, Suspense } from "react";
import type { Notification } from "../client";
import { useProject, useSession } from "../hooks";
import { ColorSchemeSwitch } from "../ui";
import type { Command, Palette } from "./commands";
import { PaletteButton } from "./PaletteButton";
import styles from "./PortalShell.module.css";
import { type NavigationItem, SideBarButton } from "./SideBar";
import { UserMenu } from "./UserMenu";

const NotificationBell = lazy(async () => ({ default: (await import("./NotificationBell")).NotificationBell }));
const OrganisationSwitch = lazy(async () => ({ default: (await import("./OrganisationSwitch")).OrganisationSwitch }));

interface Props {
  readonly brand: ReactNode;
  readonly navigation?: readonly NavigationItem[];
  readonly palette?: Palette;
  readonly notifications?: boolean;
  readonly isTold?: ((notification: Notification) => boolean) | undefined;
  readonly status: ReactNode;
  /** Leave out on a phone what can stand elsewhere. */
  readonly crowded: boolean;
}

export function ShellHeader({ brand, navigation, palette, notifications, isTold, status, crowded }: Props) {
  const { hasAccount } = useSession();
  return (
    <header className={styles.header}>
      <DemoNotice />
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
          {palette && <PaletteButton {...palette} commands={commandsOf(navigation, palette)} />}
          {status}
          {notifications && hasAccount && (
            <Suspense>
              <NotificationBell isTold={isTold} />
            </Suspense>
          )}
          <span className={clsx(crowded && styles.wideOnly)}>
            <ColorSchemeSwitch />
          </span>
          <UserMenu />
        </div>
      </div>
    </header>
  );
}

/** Nobody shall take what is made up for real. */
function DemoNotice() {
  const { config } = useProject().client;
  return config.demo ? <p className={styles.demo}>Demo data: everybody in here is made up.</p> : null;
}

/** Everywhere that the side bar leads to, then what the application adds. */
function commandsOf(navigation: readonly NavigationItem[] = [], { commands = [] }: Palette): readonly Command[] {
  const places = navigation.map(({ label, Sign, link }) => ({
    id: `go ${label}`,
    group: "Go to",
    label,
    icon: <Sign size={20} aria-hidden="true" />,
    link,
  }));
  return [...places, ...commands];
}
