/**
 * What an organisation has to do now, in figures that move by themselves.
 */
import { type FigureCard, Figures, money, percent } from "@millstream/kit/ui";

/** The one row of the live view `booking_figures`. */
interface Row {
  readonly today: number;
  readonly here_now: number;
  readonly requests: number;
  readonly being_booked: number;
  readonly upcoming: number;
  readonly revenue_of_week: number;
  readonly no_show_percent: number | null;
  readonly currency: string | null;
}

export function BookingFigures({ organisation }: { readonly organisation: string }) {
  return <Figures<Row> view="booking_figures" of={organisation} cards={cardsOf} />;
}

function cardsOf({ currency, ...row }: Row): readonly FigureCard[] {
  const format = (value: number): string => money(value, currency ?? "EUR");
  const missed = row.no_show_percent ?? 0;
  return [
    { label: "Today", value: row.today, hint: "booked for today" },
    { label: "Here now", value: row.here_now, hint: "checked in" },
    { label: "Requests", value: row.requests, hint: "wait for your answer" },
    { label: "Being booked", value: row.being_booked, hint: "held in this moment" },
    { label: "To come", value: row.upcoming, hint: "confirmed" },
    { label: "Revenue", value: row.revenue_of_week, format, hint: "served in the last 7 days" },
    { label: "Did not come", value: missed, format: percent, hint: "of those expected, last 31 days" },
  ];
}
