/**
 * How a library stands in this moment, in figures that move by themselves.
 */
import { type FigureCard, Figures, percent } from "@millstream/kit/ui";
import { money } from "../money";

/** The one row of the live view `library_figures`. */
interface Row {
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

export function LibraryFigures({ library }: { readonly library: string }) {
  return <Figures<Row> view="library_figures" of={library} cards={cardsOf} />;
}

function cardsOf({ seats, occupied_now, held_now, checked_in_today, currency, ...row }: Row): readonly FigureCard[] {
  const format = (value: number): string => money(Math.round(value), currency);
  const taken = `${occupied_now} of ${seats} seats`;
  return [
    { label: "Occupied now", value: percentOf(occupied_now, seats), format: percent, hint: taken },
    { label: "Free now", value: row.free_now, hint: `${held_now} held in this moment` },
    { label: "Bookings today", value: row.bookings_today, hint: `${checked_in_today} have come` },
    { label: "Revenue today", value: row.revenue_today, format, hint: "booked for today" },
    { label: "Revenue", value: row.revenue_week, format, hint: "last 7 days" },
    { label: "Did not come", value: row.no_shows_week, hint: "last 7 days" },
  ];
}

/** Return a share in full percent; of nothing it is none. Pure. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole);
}
