/**
 * Whom an organisation knows.
 */
import { OfficePage } from "@millstream/kit/shell";
import { ClientsTable } from "../features/office/ClientsTable";

export function ClientsPage() {
  return (
    <OfficePage title="Clients" lead="Who comes to you. Whoever books is here by themselves.">
      {(organisation) => <ClientsTable organisation={organisation} />}
    </OfficePage>
  );
}
