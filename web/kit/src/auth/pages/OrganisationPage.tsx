/**
 * One organisation: who belongs to it in which role, and who is invited. Both lists are live.
 */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { listMembers, type Organisation } from "../../client";
import { useOrganisations, useProject, useRefetchOnChange, useSession } from "../../hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading, Panel } from "../../ui";
import { mayInvite, maySeeMembers, ROLE_NAMES } from "../roles";
import styles from "./account.module.css";
import { MemberRow } from "./MemberRow";
import { SentInvitations } from "./SentInvitations";

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
      <Members organisation={organisation} />
      {mayInvite(organisation.role) && <SentInvitations organisation={organisation} />}
    </>
  );
}

/** The id in the address; the kit does not know the types of a portal's routes. */
function useRouteId(): string {
  const params: Readonly<Record<string, unknown>> = useParams({ strict: false });
  return typeof params.id === "string" ? params.id : "";
}

function Members({ organisation }: { readonly organisation: Organisation }) {
  const { client } = useProject();
  const { user } = useSession();
  const { id, role } = organisation;
  const queryKey = ["auth", "members", id];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: () => listMembers(client, id),
    enabled: maySeeMembers(role),
    staleTime: 0,
  });
  const filter = `organisation_id=eq.${id}`;
  useRefetchOnChange(`members:${id}`, [{ event: "*", schema: "auth", table: "memberships", filter }], queryKey);
  if (!maySeeMembers(role)) return <Panel title="Members" lead="Those who work here see who belongs." />;
  if (!data) {
    if (error)
      return <ErrorState title="The members could not be loaded" error={error} onRetry={() => void refetch()} />;
    return <LoadingState label="Loading the members" count={3} height={64} />;
  }
  return (
    <Panel title="Members" lead={data.length === 1 ? "You alone so far." : `${data.length} people`}>
      <ul className={styles.rows} aria-label="Members">
        {data.map((member) => (
          <MemberRow
            key={member.user_id}
            member={member}
            organisation={organisation}
            isMe={member.user_id === user?.id}
          />
        ))}
      </ul>
    </Panel>
  );
}
