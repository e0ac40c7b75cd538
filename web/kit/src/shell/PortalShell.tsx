/**
 * The frame of every page: skip link, connection banner, header, the portal's own navigation where it has one, main
 * region, footer.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { Notification } from "../client";
import { ColorSchemeSwitch, ConnectionBanner, LiveChip } from "../ui";
import type { Palette } from "./commands";
import styles from "./PortalShell.module.css";
import { SessionGuard } from "./SessionGuard";
import { ShellHeader } from "./ShellHeader";
import { type NavigationItem, SideBar } from "./SideBar";
import { TabBar } from "./TabBar";

interface Props {
  /** The mark and name of the application, as a link to its first page. */
  readonly brand: ReactNode;
  /** Where one can go; without any there is no side bar. */
  readonly navigation?: readonly NavigationItem[];
  /** The same for a portal that is made for phones first: few places, as tabs instead of a side bar. */
  readonly tabs?: readonly NavigationItem[];
  /** What the command palette knows besides the navigation; without it there is no palette. */
  readonly palette?: Palette;
  /** Show accounts the bell: the application has the kit's notification centre. */
  readonly notifications?: boolean;
  /** Which notifications the portal tells itself as they come, so that the bell only counts them. */
  readonly isTold?: ((notification: Notification) => boolean) | undefined;
  /** How the page is connected, in the header; the live chip unless something else is given. */
  readonly status?: ReactNode;
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

export function PortalShell({ footer, children, tabs, status, ...header }: Props) {
  const { navigation, palette, notifications = false } = header;
  // On a phone the header has no place for everything then.
  const crowded = palette !== undefined || notifications;
  return (
    <div className={clsx(styles.shell, tabs && styles.tabbed)}>
      <button type="button" className={styles.skip} onClick={() => document.querySelector("main")?.focus()}>
        Skip to content
      </button>
      <ConnectionBanner />
      <ShellHeader {...header} status={status ?? <LiveChip isCompact={crowded} />} crowded={crowded} />
      {tabs && <TabBar items={tabs} />}
      <div className={styles.body}>
        {navigation && <SideBar items={navigation} />}
        <main className={styles.main} tabIndex={-1}>
          <SessionGuard>{children}</SessionGuard>
        </main>
      </div>
      <Footer isWide={navigation !== undefined} crowded={crowded}>
        {footer}
      </Footer>
    </div>
  );
}

interface FooterProps {
  readonly isWide: boolean;
  /** The switch of colours found no place in the header of a phone. */
  readonly crowded: boolean;
  readonly children: ReactNode;
}

function Footer({ isWide, crowded, children }: FooterProps) {
  return (
    <footer className={styles.footer}>
      <div className={clsx(styles.bar, isWide && styles.wide)}>
        {children}
        {crowded && (
          <span className={styles.narrowOnly}>
            <ColorSchemeSwitch />
          </span>
        )}
      </div>
    </footer>
  );
}
