/**
 * The board at the entrance: how many seats are free in each zone, in letters that are read from afar.
 */
import { ErrorState, FlashNumber, LoadingState } from "@millstream/kit/ui";
import { IconVolume3 } from "@tabler/icons-react";
import { clsx } from "clsx";
import type { LibraryRow } from "../../rows";
import styles from "./kiosk.module.css";
import { useFreeByZone } from "./useFreeByZone";

export function KioskBoard({ library, isOpen }: { readonly library: LibraryRow; readonly isOpen: boolean }) {
  const { zones, error, reload } = useFreeByZone(library);
  if (!zones && error) return <ErrorState title="The seats could not be loaded" error={error} onRetry={reload} />;
  if (!zones) return <LoadingState label="Loading the seats" count={4} height={120} />;
  const all = zones.reduce((sum, { free }) => sum + free, 0);
  return (
    <section aria-label="Free seats" className={styles.board}>
      <p className={styles.all}>
        <FlashNumber value={isOpen ? all : 0} /> <span>{all === 1 ? "seat is free" : "seats are free"}</span>
      </p>
      <ul className={styles.zones}>
        {zones.map(({ zone, free, seats }) => (
          <li key={zone.id} className={clsx(styles.zone, free === 0 && styles.full)}>
            <span className={styles.name}>
              {zone.name}
              <span className={styles.quiet}>
                {zone.floor}
                {zone.quiet && (
                  <>
                    <IconVolume3 size={18} aria-hidden="true" /> quiet
                  </>
                )}
              </span>
            </span>
            <span className={styles.count}>
              {free === 0 ? "full" : <FlashNumber value={free} />}
              <small>of {seats}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
