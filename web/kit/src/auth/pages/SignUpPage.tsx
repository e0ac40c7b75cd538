/**
 * Making an account. A guest becomes an account that keeps what the guest has.
 */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { mailAgain, signUp } from "../../client";
import { useAuthSettings, useForm, useProject, useSession } from "../../hooks";
import { EmptyState, FormProblem, SubmitButton } from "../../ui";
import { AuthCard } from "../AuthCard";
import { CheckMail } from "../CheckMail";
import { checkEmail, EmailField } from "../EmailField";
import { PageLink, useGoOn, useNext } from "../navigation";
import { judgePassword } from "../password";
import { NewPasswordField } from "../PasswordField";
import { PATHS } from "../paths";
import { ProviderButtons } from "../ProviderButtons";
import { say } from "../sayings";
import { SignedInAlready } from "./SignedInAlready";

export function SignUpPage() {
  const settings = useAuthSettings();
  const { hasAccount, user } = useSession();
  const [waiting, setWaiting] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const isGuest = user?.is_anonymous === true;
  const next = useNext();
  const goOn = useGoOn();
  const enter = (): void => {
    setLeaving(true);
    goOn(next);
  };
  if (settings?.signUp === false)
    return <EmptyState title="New accounts are not taken here">Sign in instead.</EmptyState>;
  if (hasAccount && !leaving) return <SignedInAlready next={next} />;
  if (waiting !== null) {
    return (
      <CheckMail
        title="Confirm your address"
        email={waiting}
        kind={isGuest ? "email_change" : "email"}
        mailAgain={(client) => mailAgain(client, isGuest ? "email_change" : "signup", waiting)}
        onProved={enter}
        onBack={() => setWaiting(null)}
      />
    );
  }
  return <SignUpCard next={next} onIn={enter} onMailed={setWaiting} />;
}

interface CardProps {
  readonly next: string;
  readonly onIn: () => void;
  readonly onMailed: (email: string) => void;
}

function SignUpCard({ next, onIn, onMailed }: CardProps) {
  const least = useAuthSettings()?.passwordLength ?? 6;
  const { user } = useSession();
  const { title } = useProject().client.config;
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { fullName: "", email: "", password: "" },
    validate: {
      fullName: (typed) => (typed.trim() === "" ? "Type your name." : null),
      email: checkEmail,
      password: (typed) => shortcoming(typed, least),
    },
    send: (client, { fullName, email, password }) =>
      signUp(client, { fullName: fullName.trim(), email: email.trim(), password }, next),
    onDone: (mustConfirm, { email }) => (mustConfirm ? onMailed(email.trim()) : onIn()),
    say,
    fieldOf: { weak_password: "password", user_already_exists: "email", email_exists: "email" },
  });
  const lead = user?.is_anonymous === true ? "What you have as a guest stays yours." : `to use ${title} as yourself`;
  const footer = (
    <>
      Have an account?{" "}
      <PageLink to={PATHS.signIn} next={next} fw={600}>
        Sign in
      </PageLink>
    </>
  );
  return (
    <AuthCard title="Create an account" lead={lead} footer={footer}>
      <ProviderButtons next={next} />
      <form onSubmit={onSubmit} noValidate>
        <FormProblem>{problem}</FormProblem>
        <TextInput label="Your name" autoComplete="name" size="md" {...form.getInputProps("fullName")} />
        <EmailField {...form.getInputProps("email")} />
        <NewPasswordField
          label="Password"
          size="md"
          typed={form.values.password}
          least={least}
          own={[...form.values.fullName.split(/\s+/), ...form.values.email.split(/[@.]/)]}
          {...form.getInputProps("password")}
        />
        <SubmitButton isPending={isPending} size="md">
          Create the account
        </SubmitButton>
      </form>
    </AuthCard>
  );
}

function shortcoming(password: string, least: number): string | null {
  const { strength } = judgePassword(password, least);
  return strength === "empty" || strength === "short" ? `A password has at least ${least} characters.` : null;
}
