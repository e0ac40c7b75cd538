/**
 * The calendar of an organisation, live: its day, its week, its people. Entries are moved by mouse, or on their page.
 */
import { useSearchParams } from "@millstream/kit/hooks";
import { OfficePage } from "@millstream/kit/shell";
import { EmptyState, Loaded } from "@millstream/kit/ui";
import { Navigate } from "@tanstack/react-router";
import { useOwnProviders } from "../features/providers/useProviders";
import { OrganisationCalendar } from "../features/staff/OrganisationCalendar";

export function CalendarPage() {
  const { params } = useSearchParams();
  // What a notification leads to.
  if (params.booking !== undefined) {
    return <Navigate to="/my-bookings/$bookingId" params={{ bookingId: params.booking }} replace />;
  }
  return (
    <OfficePage title="Calendar" lead="What others book, move or cancel moves here while you look.">
      {({ id }) => <CalendarOf organisation={id} />}
    </OfficePage>
  );
}

function CalendarOf({ organisation }: { readonly organisation: string }) {
  const { providers, error, reload } = useOwnProviders(organisation);
  return (
    <Loaded what="calendar" value={providers} error={error} reload={reload} count={1} height={560} empty={NOBODY}>
      {([first, ...others]) =>
        first && (
          <OrganisationCalendar organisation={organisation} providers={[first, ...others]} zone={first.timezone} />
        )
      }
    </Loaded>
  );
}

const NOBODY = <EmptyState title="Nobody can be booked yet">A provider with hours makes this calendar.</EmptyState>;
