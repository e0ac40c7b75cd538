/**
 * What an organisation offers.
 */
import { PageHeading } from "@millstream/kit/ui";
import { ServicesTable } from "../features/office/ServicesTable";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import styles from "./CalendarPage.module.css";

export function ServicesPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="What people can book with you, for how long and for how much.">Services</PageHeading>
      <OrganisationGate>
        {(organisation) => <ServicesTable key={organisation.id} organisation={organisation} />}
      </OrganisationGate>
    </div>
  );
}
