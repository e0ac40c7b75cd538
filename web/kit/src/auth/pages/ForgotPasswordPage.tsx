/**
 * A forgotten password: ask for a mail, type its code here or follow its link, then choose a new one.
 */
import { useState } from "react";
import { mailRecovery } from "../../client";
import { useForm } from "../../hooks";
import { FormProblem, SubmitButton } from "../../ui";
import { AuthCard } from "../AuthCard";
import { CheckMail } from "../CheckMail";
import { checkEmail, EmailField } from "../EmailField";
import { PageLink, useGoOn } from "../navigation";
import { PATHS } from "../paths";
import { say } from "../sayings";

export function ForgotPasswordPage() {
  const [mailed, setMailed] = useState<string | null>(null);
  const goOn = useGoOn();
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { email: "" },
    validate: { email: checkEmail },
    send: (client, { email }) => mailRecovery(client, email.trim()),
    onDone: (_, { email }) => setMailed(email.trim()),
    say,
  });
  if (mailed !== null) {
    return (
      <CheckMail
        email={mailed}
        kind="recovery"
        mailAgain={(client) => mailRecovery(client, mailed)}
        onProved={() => goOn(PATHS.setPassword)}
        onBack={() => setMailed(null)}
      />
    );
  }
  const footer = <PageLink to={PATHS.signIn}>Back to sign in</PageLink>;
  return (
    <AuthCard title="Forgot your password?" lead="We email you a code to choose a new one." footer={footer}>
      <form onSubmit={onSubmit} noValidate>
        <FormProblem>{problem}</FormProblem>
        <EmailField {...form.getInputProps("email")} />
        <SubmitButton isPending={isPending} size="md">
          Email me a code
        </SubmitButton>
      </form>
    </AuthCard>
  );
}
