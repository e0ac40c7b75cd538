/**
 * The frame of every page: skip link, connection banner, header with the live chip, main region, footer.
 */
import type { ReactNode } from "react";
import { ColorSchemeSwitch } from "./ColorSchemeSwitch";
import { ConnectionBanner } from "./ConnectionBanner";
import { LiveChip } from "./LiveChip";
import styles from "./PortalShell.module.css";

interface Props {
  /** The mark and name of the application, as a link to its first page. */
  readonly brand: ReactNode;
  /** What stands at the end of the header: the account. */
  readonly account?: ReactNode;
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

export function PortalShell({ brand, account, footer, children }: Props) {
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => document.querySelector("main")?.focus()}>
        Skip to content
      </button>
      <ConnectionBanner />
      <header className={styles.header}>
        <div className={styles.bar}>
          {brand}
          <div className={styles.tools}>
            <LiveChip />
            <ColorSchemeSwitch />
            {account}
          </div>
        </div>
      </header>
      <main className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.footer}>
        <div className={styles.bar}>{footer}</div>
      </footer>
    </div>
  );
}
