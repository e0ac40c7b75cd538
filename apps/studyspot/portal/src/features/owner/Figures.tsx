/**
 * How a library stands in this moment, in figures that move by themselves.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { KpiCard, Loaded } from "@millstream/kit/ui";
import { money } from "../money";
import styles from "./OwnerPage.module.css";

/** The one row of the live view `library_figures`. */
export interface LibraryFigures {
  readonly seats: number;
  readonly free_now: number;
  readonly occupied_now: number;
  readonly held_now: number;
  readonly bookings_today: number;
  readonly checked_in_today: number;
  readonly revenue_today: number;
  readonly revenue_week: number;
  readonly no_shows_week: number;
  readonly currency: string;
}

export function Figures({ library }: { readonly library: string }) {
  const { rows, error } = useLiveView<LibraryFigures>({ view: "library_figures", key: [library] });
  return (
    <Loaded what="figures" value={rows?.[0]} error={error} count={1} height={120}>
      {(figures) => <Cards {...figures} />}
    </Loaded>
  );
}

function Cards({ seats, occupied_now, held_now, checked_in_today, currency, ...figures }: LibraryFigures) {
  const amount = (value: number): string => money(Math.round(value), currency);
  return (
    <div className={styles.figures}>
      <KpiCard
        label="Occupied now"
        value={percentOf(occupied_now, seats)}
        format={(value) => `${value} %`}
        hint={`${occupied_now} of ${seats} seats`}
      />
      <KpiCard label="Free now" value={figures.free_now} hint={`${held_now} held in this moment`} />
      <KpiCard label="Bookings today" value={figures.bookings_today} hint={`${checked_in_today} have come`} />
      <KpiCard label="Revenue today" value={figures.revenue_today} format={amount} hint="booked for today" />
      <KpiCard label="Revenue" value={figures.revenue_week} format={amount} hint="last 7 days" />
      <KpiCard label="Did not come" value={figures.no_shows_week} hint="last 7 days" />
    </div>
  );
}

/** Return a share in full percent; of nothing it is none. Pure. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole);
}
