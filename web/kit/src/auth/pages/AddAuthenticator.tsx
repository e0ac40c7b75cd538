/**
 * Adds an authenticator in two steps: name it, then scan its QR code and type what it shows.
 */
import { Button, CopyButton, Group, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { addAuthenticator, answerWithCode, type NewAuthenticator } from "../../client";
import { useForm } from "../../hooks";
import { FormProblem, showToast, SubmitButton } from "../../ui";
import { checkCode, CodeField } from "../CodeField";
import { say } from "../sayings";
import styles from "./account.module.css";

interface Props {
  readonly isFirst: boolean;
  readonly onClose: () => void;
}

export function AddAuthenticator({ isFirst, onClose }: Props) {
  const [added, setAdded] = useState<NewAuthenticator | null>(null);
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { name: isFirst ? "My phone" : "" },
    validate: { name: (typed) => (typed.trim() === "" ? "Give it a name that you will know it by." : null) },
    send: (client, { name }) => addAuthenticator(client, name.trim()),
    onDone: setAdded,
    say,
    fieldOf: { mfa_factor_name_conflict: "name" },
  });
  if (added) return <Confirm added={added} onClose={onClose} />;
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{problem}</FormProblem>
      <TextInput label="Name of the device" size="md" {...form.getInputProps("name")} />
      <Group>
        <SubmitButton isPending={isPending}>Show the QR code</SubmitButton>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}

function Confirm({ added, onClose }: { readonly added: NewAuthenticator; readonly onClose: () => void }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { code: "" },
    validate: { code: checkCode },
    send: (client, { code }) => answerWithCode(client, added.id, code),
    onDone: () => {
      showToast({
        id: "factor",
        kind: "good",
        title: "Two-factor authentication is on",
        message: "Other devices were signed out.",
      });
      onClose();
    },
    say,
    fieldOf: { mfa_verification_failed: "code", mfa_challenge_expired: "code" },
  });
  return (
    <div className={styles.enrol}>
      {added.qrCode !== "" && <img className={styles.qr} src={added.qrCode} alt="QR code for your authenticator app" />}
      <form onSubmit={onSubmit} noValidate className={styles.form}>
        <Text>Scan the code with an authenticator app, then type the six digits that it shows.</Text>
        <Secret secret={added.secret} />
        <FormProblem>{problem}</FormProblem>
        <CodeField label="Code from your authenticator" {...form.getInputProps("code")} />
        <Group>
          <SubmitButton isPending={isPending}>Turn it on</SubmitButton>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </div>
  );
}

function Secret({ secret }: { readonly secret: string }) {
  return (
    <div>
      <Text size="sm" c="var(--kit-ink-soft)" mb={4}>
        Or type this key into the app:
      </Text>
      <Group gap="xs" wrap="nowrap">
        <code className={styles.secret} data-testid="totp-secret">
          {secret}
        </code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="sm"
              flex="none"
              leftSection={
                copied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />
              }
              onClick={copy}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
