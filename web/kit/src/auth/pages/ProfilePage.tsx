/**
 * Who one is: name, address, and the round picture that is made of the name.
 */
import { Alert, Group, Text, TextInput } from "@mantine/core";
import { IconMailFast } from "@tabler/icons-react";
import { changeEmail, changeName, type User } from "../../client";
import { useForm, useSession } from "../../hooks";
import { FormProblem, PageHeading, Panel, PersonAvatar, showToast, SubmitButton } from "../../ui";
import { checkEmail, EmailField } from "../EmailField";
import { nameOf } from "../names";
import { say } from "../sayings";
import styles from "./account.module.css";

export function ProfilePage() {
  const { user } = useSession();
  if (user === null) return null;
  return (
    <>
      <PageHeading lead="What other people of your organisations see of you.">Profile</PageHeading>
      <Panel title="Name">
        <Group gap="lg" align="flex-start" className={styles.person}>
          <PersonAvatar size={72} name={nameOf(user)} />
          <NameForm user={user} />
        </Group>
      </Panel>
      <Panel title="Email address" lead="You sign in with it, and emails go there.">
        <EmailForm user={user} />
      </Panel>
    </>
  );
}

function NameForm({ user }: { readonly user: User }) {
  const fullName: unknown = user.user_metadata.full_name;
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { fullName: typeof fullName === "string" ? fullName : "" },
    validate: { fullName: (typed) => (typed.trim() === "" ? "Type your name." : null) },
    send: (client, typed) => changeName(client, typed.fullName.trim()),
    onDone: () => showToast({ id: "profile", kind: "good", title: "Your name is changed" }),
    say,
  });
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{problem}</FormProblem>
      <TextInput label="Full name" autoComplete="name" size="md" {...form.getInputProps("fullName")} />
      <div>
        <SubmitButton isPending={isPending}>Save the name</SubmitButton>
      </div>
    </form>
  );
}

function EmailForm({ user }: { readonly user: User }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { email: user.email ?? "" },
    validate: { email: checkEmail },
    send: (client, typed) => changeEmail(client, typed.email.trim()),
    onDone: (changed) => {
      const title = changed.new_email ? "Confirm the new address" : "Your address is changed";
      showToast({ id: "profile", kind: "good", title });
    },
    say,
    fieldOf: { email_exists: "email" },
  });
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{problem}</FormProblem>
      {user.new_email !== undefined && user.new_email !== "" && (
        <Alert color="orange" variant="light" icon={<IconMailFast aria-hidden="true" />} role="status">
          <Text size="sm">
            The change to <strong>{user.new_email}</strong> waits to be confirmed. Follow the links in the emails to
            both addresses.
          </Text>
        </Alert>
      )}
      <EmailField label="Address" autoComplete="email" {...form.getInputProps("email")} />
      <div>
        <SubmitButton isPending={isPending} disabled={form.values.email.trim() === user.email}>
          Change the address
        </SubmitButton>
      </div>
    </form>
  );
}
