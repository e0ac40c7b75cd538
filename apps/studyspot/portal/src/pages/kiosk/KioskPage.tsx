/**
 * The screen at the entrance of a library, alone on its device: free seats for everybody who passes, and checking in
 * where somebody who works there has signed the device in.
 */
import { linkTo, PATHS, useHere } from "@millstream/kit/auth";
import { useNow, useOrganisations, usePageConnection, useProject } from "@millstream/kit/hooks";
import {
  ColorSchemeSwitch,
  ConnectionBanner,
  ConnectionStatus,
  EmptyState,
  Loaded,
  type Openness,
  openness,
  PageHeading,
  SoundSwitch,
} from "@millstream/kit/ui";
import { sayDay, sayTime } from "@millstream/kit/time";
import { Link, useParams } from "@tanstack/react-router";
import { clsx } from "clsx";
import { KioskBoard } from "../../features/kiosk/KioskBoard";
import { KioskCheckIn } from "../../features/kiosk/KioskCheckIn";
import styles from "../../features/kiosk/kiosk.module.css";
import { useLibrary } from "../../features/libraries/useLibraries";
import { useOccupancy } from "../../features/libraries/useOccupancy";
import type { LibraryRow } from "../../rows";

export function KioskPage() {
  const { libraryId } = useParams({ from: "/kiosk/$libraryId" });
  const { library, error, reload } = useLibrary(libraryId);
  if (library) return <Kiosk library={library} />;
  return (
    <main className={styles.kiosk}>
      <Loaded what="seats" value={library} error={error} reload={reload} count={1} height={600}>
        {() => <EmptyState title="There is no library at this address" />}
      </Loaded>
    </main>
  );
}

function Kiosk({ library }: { readonly library: LibraryRow }) {
  const { organisations = [] } = useOrganisations();
  const { isConnected } = usePageConnection();
  const now = useNow();
  const opening = useOpening(library, now);
  const isStaff = organisations.some(({ id, role }) => id === library.organisation_id && role !== "customer");
  return (
    <div className={styles.kiosk}>
      <header className={styles.head}>
        <PageHeading lead={opening.saying}>{library.name}</PageHeading>
        <ConnectionStatus />
        <SoundSwitch />
        <ColorSchemeSwitch />
        <time className={styles.clock} title={sayDay(new Date(now), library.timezone)}>
          {sayTime(new Date(now), library.timezone)}
        </time>
      </header>
      <main>
        <ConnectionBanner />
        <div className={clsx(styles.body, !isStaff && styles.alone)}>
          <KioskBoard library={library} isOpen={opening.isOpen ?? true} />
          {isStaff && <KioskCheckIn zone={library.timezone} isConnected={isConnected} />}
        </div>
        {!isStaff && <ForStaff />}
        <DemoNote />
      </main>
    </div>
  );
}

function useOpening({ id, timezone }: LibraryRow, now: number): Partial<Openness> {
  const occupancy = useOccupancy().of(id);
  return occupancy ? openness(occupancy, timezone, now) : {};
}

/** As the pages with a header say it there. */
function DemoNote() {
  const { config } = useProject().client;
  return config.demo ? <p className={styles.staff}>Demo data: everybody in here is made up.</p> : null;
}

function ForStaff() {
  const here = useHere();
  return (
    <p className={styles.staff}>
      <Link {...linkTo(PATHS.signIn, here)}>Sign this device in</Link> as staff of the library to check in here.
    </p>
  );
}
