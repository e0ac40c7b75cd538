/**
 * After a mail was asked for: type its digits here, or follow its link in this browser; and what to do when none comes.
 */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { type CodeKind, enterCode, type ProjectClient } from "../client";
import { useAction, useForm, useProject } from "../hooks";
import { FormProblem, showToast, SubmitButton } from "../ui";
import { AuthCard } from "./AuthCard";
import { checkCode, CodeField } from "./CodeField";
import styles from "./CheckMail.module.css";
import { say } from "./sayings";

interface Props {
  readonly email: string;
  readonly kind: CodeKind;
  readonly title?: string;
  readonly mailAgain: (client: ProjectClient) => Promise<void>;
  readonly onProved: () => void;
  readonly onBack: () => void;
}

export function CheckMail({ email, kind, title = "Check your email", mailAgain, onProved, onBack }: Props) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { code: "" },
    validate: { code: checkCode },
    send: (client, { code }) => enterCode(client, kind, email, code),
    onDone: onProved,
    say,
    fieldOf: { otp_expired: "code" },
  });
  const lead = (
    <>
      If <strong className={styles.address}>{email}</strong> can be used here, an email is on its way. Type its code, or
      follow its link in this browser.
    </>
  );
  return (
    <AuthCard title={title} lead={lead} below={<InboxHint />}>
      <form onSubmit={onSubmit} noValidate>
        <FormProblem>{problem}</FormProblem>
        <CodeField label="Code from the email" {...form.getInputProps("code")} key={form.key("code")} />
        <SubmitButton isPending={isPending} size="md">
          Continue
        </SubmitButton>
      </form>
      <Group justify="space-between">
        <Button variant="subtle" size="sm" onClick={onBack}>
          Another address
        </Button>
        <MailAgain mailAgain={mailAgain} />
      </Group>
    </AuthCard>
  );
}

function MailAgain({ mailAgain }: Pick<Props, "mailAgain">) {
  const [sent, setSent] = useState(false);
  const again = useAction<undefined, unknown>(mailAgain, {
    onSuccess: () => {
      setSent(true);
      showToast({
        id: "mail-again",
        kind: "good",
        title: "Another email is on its way",
        message: "Only the newest counts.",
      });
    },
    onError: (refusal) =>
      showToast({ id: "mail-again", kind: "problem", title: "No email was sent", message: say(refusal) }),
  });
  return (
    <Button
      variant="subtle"
      size="sm"
      loading={again.isPending}
      disabled={sent}
      onClick={() => again.mutate(undefined)}
    >
      {sent ? "Sent again" : "Send again"}
    </Button>
  );
}

/** A demo keeps its mails instead of sending them. */
function InboxHint() {
  const { config, url } = useProject().client;
  if (!config.demo) return null;
  return (
    <p className={styles.hint}>
      This is a demo: its emails are shown in the{" "}
      <a href={new URL("auth/v1/dev/mails", url).href} target="_blank" rel="noreferrer">
        email inbox
      </a>
      .
    </p>
  );
}
