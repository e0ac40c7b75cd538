/**
 * How an organisation stands in this moment.
 */
import { PageHeading } from "@millstream/kit/ui";
import { visitorZone } from "@millstream/kit/time";
import { BookingFigures } from "../features/dashboard/BookingFigures";
import { EventVolume } from "../features/dashboard/EventVolume";
import { RealTimeBookingEvents } from "../features/events/RealTimeBookingEvents";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import styles from "./CalendarPage.module.css";

export function DashboardPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="Nothing here needs to be reloaded.">Dashboard</PageHeading>
      <OrganisationGate>
        {({ id }) => (
          <>
            <BookingFigures organisation={id} />
            <EventVolume organisation={id} />
            <RealTimeBookingEvents organisation={id} zone={visitorZone()} maxEvents={20} />
          </>
        )}
      </OrganisationGate>
    </div>
  );
}
