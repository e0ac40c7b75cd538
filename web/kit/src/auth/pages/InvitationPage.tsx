/**
 * Where the mail of an invitation leads: shows who invites to what, and accepts it as whoever one is.
 *
 * Signed in with the invited address it is one click; an account that is not signed in signs in first and comes back;
 * somebody new chooses a name and a password. The token stays in the fragment, which no server sees.
 */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { acceptAsNewcomer, acceptInvitation, type Invitation, readInvitation, type RequestFailed } from "../../client";
import { useAction, useAuthSettings, useForm, useProject, useSession } from "../../hooks";
import { FormProblem, LoadingState, showToast, SubmitButton } from "../../ui";
import { AuthCard } from "../AuthCard";
import { PageLink, useGoOn } from "../navigation";
import { NewPasswordField } from "../PasswordField";
import { PATHS } from "../paths";
import { describeRole } from "../roles";
import { say } from "../sayings";

export function InvitationPage() {
  const { client } = useProject();
  const { isLoading } = useSession();
  const hash = useRouterState({ select: ({ location }) => location.hash });
  const [token] = useState(() => new URLSearchParams(hash.replace(/^#/, "")).get("invitation") ?? "");
  const { data: invitation, error } = useQuery<Invitation, RequestFailed>({
    queryKey: ["auth", "invitation", token],
    queryFn: () => readInvitation(client, token),
    retry: false,
  });
  if (error) {
    return (
      <AuthCard title="This invitation does not count" footer={<PageLink to={PATHS.signIn}>Sign in</PageLink>}>
        <FormProblem>{say(error)}</FormProblem>
      </AuthCard>
    );
  }
  if (!invitation || isLoading) {
    return (
      <AuthCard title="You are invited">
        <LoadingState label="Reading the invitation" count={1} height={120} />
      </AuthCard>
    );
  }
  return <Answer invitation={invitation} token={token} />;
}

interface AnswerProps {
  readonly invitation: Invitation;
  readonly token: string;
}

function Answer({ invitation, token }: AnswerProps) {
  const { user, hasAccount } = useSession();
  const goOn = useGoOn();
  const { organisation, email, role } = invitation;
  const joined = (): void => {
    showToast({ id: "joined", kind: "good", title: `You belong to ${organisation.name}`, message: describeRole(role) });
    goOn(PATHS.organisations);
  };
  const lead = (
    <>
      {organisation.name} invites <strong>{email}</strong> as {role}. {describeRole(role)}
    </>
  );
  return (
    <AuthCard title={`Join ${organisation.name}`} lead={lead}>
      {hasAccount && user?.email === email && <AcceptButton token={token} onJoined={joined} />}
      {hasAccount && user?.email !== email && <AnotherAccount email={email} />}
      {!hasAccount && <StrangersAnswer invitation={invitation} token={token} onJoined={joined} />}
    </AuthCard>
  );
}

function StrangersAnswer({ invitation, token, onJoined }: AnswerProps & { readonly onJoined: () => void }) {
  if (invitation.has_account) return <SignInFirst />;
  return <NewcomerForm email={invitation.email} token={token} onJoined={onJoined} />;
}

interface JoinProps {
  readonly token: string;
  readonly onJoined: () => void;
}

function AcceptButton({ token, onJoined }: JoinProps) {
  const accept = useAction(acceptInvitation, { onSuccess: onJoined });
  return (
    <>
      <FormProblem>{accept.error ? say(accept.error) : null}</FormProblem>
      <Button size="md" loading={accept.isPending} onClick={() => accept.mutate({ token })}>
        Accept the invitation
      </Button>
    </>
  );
}

function AnotherAccount({ email }: { readonly email: string }) {
  const { user, signOut } = useSession();
  return (
    <>
      <FormProblem>{`You are signed in as ${user?.email ?? "somebody else"}. Only ${email} can accept.`}</FormProblem>
      <Button size="md" onClick={() => void signOut()}>
        Sign out, use the invited address
      </Button>
    </>
  );
}

/** After signing in the invitation stands among the organisations, so that its token need not travel in an address. */
function SignInFirst() {
  return (
    <PageLink to={PATHS.signIn} next={PATHS.organisations} fw={600}>
      Sign in to accept
    </PageLink>
  );
}

function NewcomerForm({ email, token, onJoined }: JoinProps & { readonly email: string }) {
  const least = useAuthSettings()?.passwordLength ?? 6;
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { fullName: "", password: "" },
    validate: {
      fullName: (typed) => (typed.trim() === "" ? "Type your name." : null),
      password: (typed) => (typed.length < least ? `A password has at least ${least} characters.` : null),
    },
    send: (client, typed) => acceptAsNewcomer(client, token, typed),
    onDone: onJoined,
    say,
    fieldOf: { weak_password: "password" },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <FormProblem>{problem}</FormProblem>
      <TextInput label="Email address" autoComplete="username" value={email} readOnly size="md" />
      <TextInput label="Your name" autoComplete="name" size="md" {...form.getInputProps("fullName")} />
      <NewPasswordField
        label="Choose a password"
        size="md"
        typed={form.values.password}
        least={least}
        own={[...form.values.fullName.split(/\s+/), ...email.split(/[@.]/)]}
        {...form.getInputProps("password")}
      />
      <SubmitButton isPending={isPending} size="md">
        Create the account and join
      </SubmitButton>
    </form>
  );
}
