/**
 * Who runs the libraries of an organisation, in which role, and who is invited.
 */
import { OrganisationPeople } from "@millstream/kit/auth";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function StaffPage() {
  return (
    <OwnerPage title="Staff" lead="Staff do the daily work; managers also set prices and seats; owners do everything.">
      {({ organisation }) => <OrganisationPeople organisation={organisation} />}
    </OwnerPage>
  );
}
