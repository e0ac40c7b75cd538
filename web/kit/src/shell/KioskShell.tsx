/**
 * The frame of a screen that stands alone at an entrance: what place it is, how it is connected, and the time there, in
 * letters that are read from afar. Where the device was signed in by staff it serves those who come, too.
 */
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { linkTo, PATHS, useHere } from "../auth";
import { useNow, useProject } from "../hooks";
import { sayDay, sayTime } from "../time";
import { ColorSchemeSwitch, ConnectionBanner, ConnectionStatus, PageHeading, SoundSwitch } from "../ui";
import styles from "./KioskShell.module.css";

interface Props {
  readonly name: string;
  /** Stands below the name: whether it is open. */
  readonly lead: string | undefined;
  /** The time zone of the place. */
  readonly zone: string;
  /** What is served to those who come, where this device may; null where nobody of the staff is signed in. */
  readonly service: ReactNode;
  /** What staff can do here once they have signed in: `to check people in`. */
  readonly forStaff: string;
  readonly children: ReactNode;
}

export function KioskShell({ name, lead, zone, service, forStaff, children }: Props) {
  const now = new Date(useNow());
  return (
    <div className={styles.kiosk}>
      <header className={styles.head}>
        <PageHeading lead={lead}>{name}</PageHeading>
        <ConnectionStatus />
        <SoundSwitch />
        <ColorSchemeSwitch />
        <time className={styles.clock} title={sayDay(now, zone)}>
          {sayTime(now, zone)}
        </time>
      </header>
      <main>
        <ConnectionBanner />
        <div className={clsx(styles.body, service === null && styles.alone)}>
          {children}
          {service}
        </div>
        {service === null && <ForStaff>{forStaff}</ForStaff>}
        <DemoNote />
      </main>
    </div>
  );
}

function ForStaff({ children }: { readonly children: string }) {
  const here = useHere();
  return (
    <p className={styles.note}>
      <Link {...linkTo(PATHS.signIn, here)}>Sign this device in</Link> {children}.
    </p>
  );
}

/** As the pages with a header say it there. */
function DemoNote() {
  const { config } = useProject().client;
  return config.demo ? <p className={styles.note}>Demo data: everybody in here is made up.</p> : null;
}
