/**
 * The bookings of an organisation as a list; what is chosen stands in the address.
 */
import { PageHeading, Panel } from "@millstream/kit/ui";
import { BookingsTable } from "../features/staff/BookingsTable";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import styles from "./CalendarPage.module.css";

export function BookingsPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="The last two weeks and the two months to come.">Bookings</PageHeading>
      <OrganisationGate>
        {({ id }) => (
          <Panel title="All bookings">
            <BookingsTable organisation={id} />
          </Panel>
        )}
      </OrganisationGate>
    </div>
  );
}
