/**
 * What an organisation has to do now, in figures that move by themselves.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { ErrorState, KpiCard, money } from "@millstream/kit/ui";
import styles from "./dashboard.module.css";

/** The one row of the live view `booking_figures`. */
interface Figures {
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
  const { rows, error } = useLiveView<Figures>({ view: "booking_figures", key: [organisation] });
  const figures = rows?.[0];
  if (!figures && error) {
    return <ErrorState title="The figures could not be loaded" error={error} onRetry={() => location.reload()} />;
  }
  return (
    <div className={styles.figures}>
      {CARDS.map(({ field, label, hint, say }) => (
        <KpiCard
          key={field}
          label={label}
          hint={hint}
          value={figures && (figures[field] ?? 0)}
          {...(say && { format: (value: number) => say(value, figures?.currency ?? "EUR") })}
        />
      ))}
    </div>
  );
}

interface Card {
  readonly field: Exclude<keyof Figures, "currency">;
  readonly label: string;
  readonly hint: string;
  readonly say?: (value: number, currency: string) => string;
}

const CARDS: readonly Card[] = [
  { field: "today", label: "Today", hint: "booked for today" },
  { field: "here_now", label: "Here now", hint: "checked in" },
  { field: "requests", label: "Requests", hint: "wait for your answer" },
  { field: "being_booked", label: "Being booked", hint: "held in this moment" },
  { field: "upcoming", label: "To come", hint: "confirmed" },
  { field: "revenue_of_week", label: "Revenue", hint: "served in the last 7 days", say: money },
  {
    field: "no_show_percent",
    label: "Did not come",
    hint: "of those expected, last 31 days",
    say: (percent) => `${percent} %`,
  },
];
