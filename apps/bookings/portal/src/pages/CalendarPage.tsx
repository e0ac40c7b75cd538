/**
 * The calendar of an organisation, live: its day, its week, its people. Entries are moved by mouse, or on their page.
 */
import { useSearchParams } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading } from "@millstream/kit/ui";
import { Navigate } from "@tanstack/react-router";
import { useProviders } from "../features/providers/useProviders";
import { OrganisationCalendar } from "../features/staff/OrganisationCalendar";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import styles from "./CalendarPage.module.css";

export function CalendarPage() {
  const { params } = useSearchParams();
  // What a notification leads to.
  if (params.booking !== undefined) {
    return <Navigate to="/my-bookings/$bookingId" params={{ bookingId: params.booking }} replace />;
  }
  return (
    <div className={styles.page}>
      <PageHeading lead="What others book, move or cancel moves here while you look.">Calendar</PageHeading>
      <OrganisationGate>{({ id }) => <CalendarOf organisation={id} />}</OrganisationGate>
    </div>
  );
}

function CalendarOf({ organisation }: { readonly organisation: string }) {
  const { providers, error, reload } = useProviders();
  if (providers === undefined) {
    if (error) return <ErrorState title="The providers could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading the calendar" count={1} height={560} />;
  }
  const own = providers.filter(({ organisation_id }) => organisation_id === organisation);
  const [first] = own;
  if (!first) {
    return <EmptyState title="Nobody can be booked yet">A provider with hours makes this calendar.</EmptyState>;
  }
  return <OrganisationCalendar organisation={organisation} providers={own} zone={first.timezone} />;
}
