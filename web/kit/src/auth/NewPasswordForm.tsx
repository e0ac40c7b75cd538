/**
 * Chooses a new password; asks for the mailed code where the sign-in was too long ago.
 */
import { useState } from "react";
import { changePassword, mailReauthentication } from "../client";
import { useAction, useAuthSettings, useForm, useSession } from "../hooks";
import { FormProblem, SubmitButton } from "../ui";
import { CodeField } from "./CodeField";
import styles from "./NewPasswordForm.module.css";
import { judgePassword } from "./password";
import { NewPasswordField } from "./PasswordField";
import { say } from "./sayings";

interface Props {
  readonly action: string;
  readonly onDone: () => void;
}

export function NewPasswordForm({ action, onDone }: Props) {
  const least = useAuthSettings()?.passwordLength ?? 6;
  const address = useSession().user?.email ?? "";
  const [needsCode, setNeedsCode] = useState(false);
  const mail = useAction<undefined, unknown>((client) => mailReauthentication(client));
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { password: "", code: "" },
    validate: {
      password: (typed) =>
        ["empty", "short"].includes(judgePassword(typed, least).strength)
          ? `A password has at least ${least} characters.`
          : null,
    },
    send: (client, { password, code }) => changePassword(client, password, code === "" ? undefined : code),
    onDone: () => {
      form.reset();
      setNeedsCode(false);
      onDone();
    },
    say,
    fieldOf: { weak_password: "password", same_password: "password", reauthentication_not_valid: "code" },
    onRefused: ({ code }) => {
      if (code !== "reauthentication_needed") return;
      setNeedsCode(true);
      mail.mutate(undefined);
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{mail.error ? say(mail.error) : problem}</FormProblem>
      {/* Tells password managers whose password it is. */}
      <input type="text" autoComplete="username" value={address} readOnly hidden />
      <NewPasswordField
        label="New password"
        size="md"
        typed={form.values.password}
        least={least}
        own={address.split(/[@.]/)}
        {...form.getInputProps("password")}
      />
      {needsCode && <CodeField label="Code from the email" {...form.getInputProps("code")} />}
      <SubmitButton isPending={isPending} size="md">
        {action}
      </SubmitButton>
    </form>
  );
}
