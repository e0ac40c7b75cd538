/**
 * How the platform stands in this moment.
 */
import { type FigureCard, Figures } from "@millstream/kit/ui";

/** The one row of the live view `platform_figures`. */
interface PlatformFigures {
  readonly libraries: number;
  readonly libraries_pending: number;
  readonly seats: number;
  readonly students_of_month: number;
  readonly checked_in: number;
  readonly bookings_of_day: number;
}

const cardsOf = (now: PlatformFigures): readonly FigureCard[] => [
  { label: "Libraries", value: now.libraries, hint: `${now.seats} seats` },
  { label: "Wait for approval", value: now.libraries_pending, hint: "prepared by their owners" },
  { label: "Here now", value: now.checked_in, hint: "checked in" },
  { label: "New bookings", value: now.bookings_of_day, hint: "last 24 hours" },
  { label: "Students", value: now.students_of_month, hint: "booked in the last 30 days" },
];

export function PlatformFigures() {
  return <Figures view="platform_figures" cards={cardsOf} />;
}
