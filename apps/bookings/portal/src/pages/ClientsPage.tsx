/**
 * Whom an organisation knows.
 */
import { PageHeading } from "@millstream/kit/ui";
import { ClientsTable } from "../features/office/ClientsTable";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import styles from "./CalendarPage.module.css";

export function ClientsPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="Who comes to you. Whoever books is here by themselves.">Clients</PageHeading>
      <OrganisationGate>
        {(organisation) => <ClientsTable key={organisation.id} organisation={organisation} />}
      </OrganisationGate>
    </div>
  );
}
