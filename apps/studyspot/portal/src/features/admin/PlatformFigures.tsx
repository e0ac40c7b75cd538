/**
 * How the platform stands in this moment.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { KpiCard, Loaded } from "@millstream/kit/ui";
import { clsx } from "clsx";
import styles from "../owner/OwnerPage.module.css";

/** The one row of the live view `platform_figures`. */
interface PlatformFigures {
  readonly libraries: number;
  readonly libraries_pending: number;
  readonly seats: number;
  readonly students_of_month: number;
  readonly checked_in: number;
  readonly bookings_of_day: number;
}

const NOW = { view: "platform_figures", key: [] };

export function PlatformFigures() {
  const { rows, error } = useLiveView<PlatformFigures>(NOW);
  return (
    <Loaded what="figures" value={rows?.[0]} error={error} count={1} height={120}>
      {(figures) => (
        <div className={clsx(styles.figures, styles.row)}>
          <KpiCard label="Libraries" value={figures.libraries} hint={`${figures.seats} seats`} />
          <KpiCard label="Wait for approval" value={figures.libraries_pending} hint="prepared by their owners" />
          <KpiCard label="Here now" value={figures.checked_in} hint="checked in" />
          <KpiCard label="New bookings" value={figures.bookings_of_day} hint="last 24 hours" />
          <KpiCard label="Students" value={figures.students_of_month} hint="booked in the last 30 days" />
        </div>
      )}
    </Loaded>
  );
}
