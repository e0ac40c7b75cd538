/**
 * How an organisation stands in this moment.
 */
import { OfficePage } from "@millstream/kit/shell";
import { visitorZone } from "@millstream/kit/time";
import { BookingFigures } from "../features/dashboard/BookingFigures";
import { EventVolume } from "../features/dashboard/EventVolume";
import { RealTimeBookingEvents } from "../features/events/RealTimeBookingEvents";

export function DashboardPage() {
  return (
    <OfficePage title="Dashboard" lead="Nothing here needs to be reloaded.">
      {({ id }) => (
        <>
          <BookingFigures organisation={id} />
          <EventVolume organisation={id} />
          <RealTimeBookingEvents organisation={id} zone={visitorZone()} maxEvents={20} />
        </>
      )}
    </OfficePage>
  );
}
