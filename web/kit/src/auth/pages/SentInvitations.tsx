/**
 * Inviting people, and the invitations that are open: sent again, taken back.
 */
import { Button, NativeSelect } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import {
  invite,
  listSentInvitations,
  type Organisation,
  type OrganisationRole,
  type ProjectClient,
  revokeInvitation,
  type SentInvitation,
} from "../../client";
import { useAction, useForm, useProject, useRefetchOnChange } from "../../hooks";
import { FormProblem, Panel, showToast, SubmitButton } from "../../ui";
import { checkEmail, EmailField } from "../EmailField";
import { ROLE_NAMES, rolesToGive } from "../roles";
import { say } from "../sayings";
import styles from "./account.module.css";
import { sayDay } from "./times";

interface Props {
  readonly organisation: Organisation;
}

export function SentInvitations({ organisation }: Props) {
  const { client } = useProject();
  const { id } = organisation;
  const queryKey = ["auth", "sent-invitations", id];
  const { data = [] } = useQuery({ queryKey, queryFn: () => listSentInvitations(client, id), staleTime: 0 });
  const filter = `organisation_id=eq.${id}`;
  useRefetchOnChange(`invitations:${id}`, [{ event: "*", schema: "auth", table: "invitations", filter }], queryKey);
  return (
    <Panel title="Invite somebody" lead="They get an email with a link to accept.">
      <InviteForm organisation={organisation} />
      {data.length > 0 && (
        <>
          <h3>Waiting to be accepted</h3>
          <ul className={styles.rows} aria-label="Open invitations">
            {data.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} organisation={organisation} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

const NOBODY: { email: string; role: OrganisationRole } = { email: "", role: "staff" };

function InviteForm({ organisation }: Props) {
  const roles = rolesToGive(organisation.role);
  const queryClient = useQueryClient();
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: NOBODY,
    validate: { email: checkEmail },
    send: (client, { email, role }) => invite(client, organisation.id, email.trim(), role),
    onDone: ({ email }) => {
      form.setFieldValue("email", "");
      void queryClient.invalidateQueries({ queryKey: ["auth", "sent-invitations"] });
      showToast({ id: "invitation", kind: "good", title: "The invitation is on its way", message: email });
    },
    say,
    fieldOf: { already_member: "email", validation_failed: "email" },
  });
  return (
    <form onSubmit={onSubmit} noValidate className={styles.invite}>
      <FormProblem>{problem}</FormProblem>
      <EmailField size="sm" autoComplete="off" {...form.getInputProps("email")} />
      <NativeSelect
        label="Role"
        data={roles.map((role) => ({ value: role, label: ROLE_NAMES[role] }))}
        {...form.getInputProps("role")}
      />
      <SubmitButton isPending={isPending}>Invite</SubmitButton>
    </form>
  );
}

function InvitationRow({ invitation, organisation }: Props & { readonly invitation: SentInvitation }) {
  const { client } = useProject();
  const { id, email, role, expires_at: expiresAt } = invitation;
  const over = Date.parse(expiresAt) < client.now();
  const again = useInvitationAction(
    (project) => invite(project, organisation.id, email, role),
    `Another email is on its way to ${email}`,
  );
  const revoke = useInvitationAction(
    (project) => revokeInvitation(project, organisation.id, id),
    `The invitation of ${email} counts no more`,
  );
  return (
    <li className={styles.row}>
      <IconMail className={styles.icon} aria-hidden="true" />
      <div className={styles.about}>
        <p className={styles.name}>
          {email}
          <span className={clsx(styles.tag, styles.waiting)}>{over ? "Expired" : "Invited"}</span>
        </p>
        <p className={styles.detail}>
          {ROLE_NAMES[role]} · {over ? "was open" : "open"} until {sayDay(expiresAt)}
        </p>
      </div>
      <div className={styles.actions}>
        <Button
          variant="default"
          size="sm"
          aria-label={`Send again to ${email}`}
          loading={again.isPending}
          onClick={() => again.mutate(undefined)}
        >
          Send again
        </Button>
        <Button
          variant="default"
          size="sm"
          aria-label={`Take back the invitation of ${email}`}
          loading={revoke.isPending}
          onClick={() => revoke.mutate(undefined)}
        >
          Take back
        </Button>
      </div>
    </li>
  );
}

function useInvitationAction(act: (client: ProjectClient) => Promise<unknown>, done: string) {
  const queryClient = useQueryClient();
  return useAction<undefined, unknown>((client) => act(client), {
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["auth", "sent-invitations"] });
      showToast({ id: "invitation", kind: "good", title: done });
    },
    onError: (refusal) =>
      showToast({ id: "invitation", kind: "problem", title: "Nothing was changed", message: say(refusal) }),
  });
}
