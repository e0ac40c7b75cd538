/**
 * Signing in: by password, by a mail, through an identity provider, as a guest; in a demo with one click.
 */
import { Button, Divider, PasswordInput } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { mailSignIn, signInAs } from "../../client";
import { useAuthSettings, useForm, useProject, useSession } from "../../hooks";
import { FormProblem, SubmitButton } from "../../ui";
import { AuthCard } from "../AuthCard";
import { CheckMail } from "../CheckMail";
import { DemoUsers } from "../DemoUsers";
import { checkEmail, EmailField } from "../EmailField";
import { GuestButton } from "../GuestButton";
import { PageLink, useGoOn, useNext } from "../navigation";
import { REVEAL } from "../PasswordField";
import { PATHS } from "../paths";
import { ProviderButtons } from "../ProviderButtons";
import { say } from "../sayings";
import styles from "./SignInPage.module.css";
import { SignedInAlready } from "./SignedInAlready";

type Way = "password" | "mail";

export function SignInPage() {
  const { hasAccount } = useSession();
  const [leaving, setLeaving] = useState(false);
  const [email, setEmail] = useState("");
  const [way, setWay] = useState<Way>("password");
  const [mailed, setMailed] = useState(false);
  const goOn = useGoOn();
  const next = useNext();
  const enter = (): void => {
    setLeaving(true);
    goOn(next);
  };
  const byMail = (typed: string): void => {
    setEmail(typed);
    setWay("mail");
  };
  const wait = (typed: string): void => {
    setEmail(typed);
    setMailed(true);
  };
  if (hasAccount && !leaving) return <SignedInAlready next={next} />;
  if (mailed) {
    return (
      <CheckMail
        email={email}
        kind="email"
        mailAgain={(client) => mailSignIn(client, email, next)}
        onProved={enter}
        onBack={() => setMailed(false)}
      />
    );
  }
  return (
    <SignInCard next={next}>
      {way === "password" ? (
        <PasswordForm email={email} onIn={enter} onMail={byMail} />
      ) : (
        <MailForm email={email} next={next} onMailed={wait} onPassword={() => setWay("password")} />
      )}
    </SignInCard>
  );
}

function SignInCard({ next, children }: { readonly next: string; readonly children: React.ReactNode }) {
  const settings = useAuthSettings();
  const { title } = useProject().client.config;
  const footer = settings?.signUp !== false && (
    <>
      New here?{" "}
      <PageLink to={PATHS.signUp} next={next} fw={600}>
        Create an account
      </PageLink>
    </>
  );
  return (
    <AuthCard title="Sign in" lead={`to continue to ${title}`} footer={footer} below={<DemoUsers next={next} />}>
      <ProviderButtons next={next} />
      {children}
      <GuestButton next={next} />
    </AuthCard>
  );
}

interface PasswordFormProps {
  readonly email: string;
  readonly onIn: () => void;
  readonly onMail: (email: string) => void;
}

function PasswordForm({ email, onIn, onMail }: PasswordFormProps) {
  const settings = useAuthSettings();
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { email, password: "" },
    validate: { email: checkEmail, password: (typed) => (typed === "" ? "Type your password." : null) },
    send: (client, { email: address, password }) => signInAs(client, { email: address.trim(), password }),
    onDone: onIn,
    say,
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <FormProblem>{problem}</FormProblem>
      <EmailField {...form.getInputProps("email")} key={form.key("email")} />
      <div>
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          size="md"
          {...REVEAL}
          {...form.getInputProps("password")}
          key={form.key("password")}
        />
        {settings?.mail && (
          <p className={styles.forgot}>
            <PageLink to={PATHS.forgotPassword} size="sm">
              Forgot your password?
            </PageLink>
          </p>
        )}
      </div>
      <SubmitButton isPending={isPending} size="md">
        Sign in
      </SubmitButton>
      {settings?.mail && (
        <>
          <Divider label="or" />
          <Button
            variant="default"
            size="md"
            leftSection={<IconMail size={18} aria-hidden="true" />}
            onClick={() => onMail(form.values.email)}
          >
            Email me a code instead
          </Button>
        </>
      )}
    </form>
  );
}

interface MailFormProps {
  readonly email: string;
  readonly next: string;
  readonly onMailed: (email: string) => void;
  readonly onPassword: () => void;
}

function MailForm({ email, next, onMailed, onPassword }: MailFormProps) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { email },
    validate: { email: checkEmail },
    send: (client, typed) => mailSignIn(client, typed.email.trim(), next),
    onDone: (_, typed) => onMailed(typed.email.trim()),
    say,
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <FormProblem>{problem}</FormProblem>
      <EmailField
        description="We email you a link and a code. No password is needed."
        {...form.getInputProps("email")}
        key={form.key("email")}
      />
      <SubmitButton isPending={isPending} size="md">
        Email me a code
      </SubmitButton>
      <Button variant="subtle" onClick={onPassword}>
        Use my password
      </Button>
    </form>
  );
}
