/**
 * One organisation: who belongs to it in which role, and who is invited.
 */
import { useParams } from "@tanstack/react-router";
import { useOrganisations } from "../../hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading } from "../../ui";
import { ROLE_NAMES } from "../roles";
import { OrganisationPeople } from "./OrganisationPeople";

export function OrganisationPage() {
  const id = useRouteId();
  const { organisations, error, reload } = useOrganisations();
  if (!organisations) {
    if (error) return <ErrorState title="The organisation could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading the organisation" count={2} height={160} />;
  }
  const organisation = organisations.find((one) => one.id === id);
  if (!organisation) {
    return (
      <EmptyState title="You do not belong to this organisation">
        You may have been removed from it meanwhile.
      </EmptyState>
    );
  }
  return (
    <>
      <PageHeading lead={`You are here as ${ROLE_NAMES[organisation.role].toLowerCase()}.`}>
        {organisation.name}
      </PageHeading>
      <OrganisationPeople organisation={organisation} />
    </>
  );
}

/** The id in the address; the kit does not know the types of a portal's routes. */
function useRouteId(): string {
  const params: Readonly<Record<string, unknown>> = useParams({ strict: false });
  return typeof params.id === "string" ? params.id : "";
}
