/**
 * Bookings of an organisation in a calendar; view and day stand in the address.
 */
import { useProject, useSearchParams } from "@millstream/kit/hooks";
import { Calendar, type CalendarView, ErrorState } from "@millstream/kit/ui";
import { addDays, dayIn, instantAt, mondayOf } from "@millstream/kit/time";
import { useNavigate } from "@tanstack/react-router";
import type { ProviderRow } from "../../rows";
import { entriesOf } from "./calendarEntries";
import { useMoveBooking } from "./useMoveBooking";
import { useOrganisationBookings } from "./useOrganisationBookings";

interface Props {
  readonly organisation: string;
  readonly providers: readonly ProviderRow[];
  /** The zone of the place. */
  readonly zone: string;
}

const HOURS = ["08:00", "19:00"] as const;

export function OrganisationCalendar({ organisation, providers, zone }: Props) {
  const navigate = useNavigate();
  const { view, day, show } = useShownDays(zone);
  const monday = mondayOf(day);
  const days = { from: instantAt(monday, zone), until: instantAt(addDays(monday, 7), zone) };
  const { bookings = [], error, reload } = useOrganisationBookings({ organisation, ...days });
  const move = useMoveBooking(bookings);
  if (error) return <ErrorState title="The bookings could not be loaded" error={error} onRetry={reload} />;
  return (
    <Calendar
      label="Bookings"
      entries={entriesOf(bookings)}
      zone={zone}
      view={view}
      day={day}
      hours={HOURS}
      onChange={show}
      resources={providers.map(({ id, name }) => ({ id, label: name }))}
      onOpen={({ id }) => void navigate({ to: "/my-bookings/$bookingId", params: { bookingId: id } })}
      onMove={move}
    />
  );
}

interface ShownDays {
  readonly view: CalendarView;
  readonly day: string;
  readonly show: (shown: { readonly view: CalendarView; readonly day: string }) => void;
}

function useShownDays(zone: string): ShownDays {
  const { client } = useProject();
  const { params, change } = useSearchParams();
  return {
    view: params.view === "day" || params.view === "resources" ? params.view : "week",
    day: /^\d{4}-\d\d-\d\d$/.test(params.day ?? "") ? (params.day ?? "") : dayIn(new Date(client.now()), zone),
    show: ({ view, day }) => change({ view, day }),
  };
}
