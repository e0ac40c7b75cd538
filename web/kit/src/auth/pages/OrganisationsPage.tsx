/**
 * The organisations that one belongs to, those one is invited to, and making one.
 */
import { Button, Group, TextInput } from "@mantine/core";
import { IconChevronRight, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import {
  acceptInvitation,
  createOrganisation,
  type Invitation,
  listInvitations,
  type Organisation,
} from "../../client";
import { useAction, useAuthSettings, useForm, useOrganisations, useProject } from "../../hooks";
import {
  EmptyState,
  ErrorState,
  FormProblem,
  LoadingState,
  PageHeading,
  Panel,
  PersonAvatar,
  showToast,
  SubmitButton,
} from "../../ui";
import { linkToOrganisation } from "../navigation";
import { describeRole, ROLE_NAMES } from "../roles";
import { say } from "../sayings";
import styles from "./account.module.css";

export function OrganisationsPage() {
  const { organisations, error, reload } = useOrganisations();
  const mayMake = useAuthSettings()?.organisations === true;
  return (
    <>
      <PageHeading lead="Those you belong to, and your role in each.">Organisations</PageHeading>
      <Invitations />
      {organisations && <OrganisationList organisations={organisations} />}
      {!organisations && error && <ErrorState title="The list could not be loaded" error={error} onRetry={reload} />}
      {!organisations && !error && <LoadingState label="Loading your organisations" count={2} height={80} />}
      {mayMake && <NewOrganisation />}
    </>
  );
}

function OrganisationList({ organisations }: { readonly organisations: readonly Organisation[] }) {
  if (organisations.length === 0) {
    return <EmptyState title="You belong to no organisation">Somebody who runs one can invite you.</EmptyState>;
  }
  return (
    <Panel title="Yours">
      <ul className={styles.rows}>
        {organisations.map(({ id, name, role }) => (
          <li key={id} className={styles.row}>
            <PersonAvatar size={40} radius="md" name={name} />
            <div className={styles.about}>
              <p className={styles.name}>
                <Link {...linkToOrganisation(id)} className={styles.link}>
                  {name}
                </Link>
              </p>
              <p className={styles.detail}>{ROLE_NAMES[role]}</p>
            </div>
            <IconChevronRight className={styles.icon} aria-hidden="true" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Invitations() {
  const { client } = useProject();
  const { data = [] } = useQuery({
    queryKey: ["auth", "invitations"],
    queryFn: () => listInvitations(client),
    staleTime: 0,
  });
  if (data.length === 0) return null;
  return (
    <Panel title="You are invited">
      <ul className={styles.rows}>
        {data.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Panel>
  );
}

function InvitationRow({ invitation: { id, organisation, role } }: { readonly invitation: Invitation }) {
  const queryClient = useQueryClient();
  const accept = useAction(acceptInvitation, {
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["auth"] });
      showToast({
        id: "joined",
        kind: "good",
        title: `You belong to ${organisation.name}`,
        message: describeRole(role),
      });
    },
    onError: (refusal) =>
      showToast({ id: "joined", kind: "problem", title: "You did not join", message: say(refusal) }),
  });
  return (
    <li className={styles.row}>
      <div className={styles.about}>
        <p className={styles.name}>{organisation.name}</p>
        <p className={styles.detail}>
          As {ROLE_NAMES[role].toLowerCase()}. {describeRole(role)}
        </p>
      </div>
      <Button loading={accept.isPending} aria-label={`Join ${organisation.name}`} onClick={() => accept.mutate({ id })}>
        Join
      </Button>
    </li>
  );
}

function NewOrganisation() {
  const [open, setOpen] = useState(false);
  const queryClient = useQueryClient();
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { name: "" },
    validate: { name: (typed) => (typed.trim() === "" ? "Give it a name." : null) },
    send: (client, { name }) => createOrganisation(client, name.trim()),
    onDone: ({ name }) => {
      form.reset();
      setOpen(false);
      void queryClient.invalidateQueries({ queryKey: ["auth"] });
      showToast({ id: "organisation", kind: "good", title: `${name} is created`, message: "You are its owner." });
    },
    say,
    fieldOf: { slug_taken: "name" },
  });
  if (!open) {
    return (
      <div>
        <Button variant="light" leftSection={<IconPlus size={17} aria-hidden="true" />} onClick={() => setOpen(true)}>
          New organisation
        </Button>
      </div>
    );
  }
  return (
    <Panel title="New organisation" lead="You become its owner, and can invite others.">
      <form onSubmit={onSubmit} noValidate className={styles.form}>
        <FormProblem>{problem}</FormProblem>
        <TextInput label="Name" size="md" maxLength={200} {...form.getInputProps("name")} />
        <Group>
          <SubmitButton isPending={isPending}>Create the organisation</SubmitButton>
          <Button variant="default" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </Group>
      </form>
    </Panel>
  );
}
