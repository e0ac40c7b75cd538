/**
 * Who belongs to an organisation in which role, and who is invited. Both lists are live.
 */
import { useQuery } from "@tanstack/react-query";
import { listMembers, type Organisation } from "../../client";
import { useProject, useRefetchOnChange, useSession } from "../../hooks";
import { ErrorState, LoadingState, Panel } from "../../ui";
import { mayInvite, maySeeMembers } from "../roles";
import styles from "./account.module.css";
import { MemberRow } from "./MemberRow";
import { SentInvitations } from "./SentInvitations";

interface Props {
  readonly organisation: Organisation;
}

export function OrganisationPeople({ organisation }: Props) {
  return (
    <>
      <Members organisation={organisation} />
      {mayInvite(organisation.role) && <SentInvitations organisation={organisation} />}
    </>
  );
}

function Members({ organisation }: Props) {
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
