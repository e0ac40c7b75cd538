/**
 * Asks for the digits that an authenticator shows, of the one that the account has or of the one that is chosen.
 */
import { Select } from "@mantine/core";
import { useState } from "react";
import { answerWithCode, verifiedFactors } from "../client";
import { useForm, useSession } from "../hooks";
import { FormProblem, SubmitButton } from "../ui";
import { checkCode, CodeField } from "./CodeField";
import { say } from "./sayings";

interface Props {
  readonly onDone?: () => void;
}

export function SecondFactorForm({ onDone }: Props) {
  const factors = verifiedFactors(useSession().session);
  const [chosen, setChosen] = useState<string | null>(null);
  const factor = factors.find(({ id }) => id === chosen) ?? factors[0];
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { code: "" },
    validate: { code: checkCode },
    send: (client, { code }) => answerWithCode(client, factor?.id ?? "", code),
    ...(onDone && { onDone }),
    say,
    fieldOf: { mfa_verification_failed: "code", mfa_challenge_expired: "code" },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <FormProblem>{problem}</FormProblem>
      {factors.length > 1 && factor && (
        <Select
          label="Authenticator"
          data={factors.map(({ id, friendly_name }) => ({ value: id, label: friendly_name ?? "Authenticator" }))}
          value={factor.id}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      <CodeField label="Code from your authenticator" {...form.getInputProps("code")} />
      <SubmitButton isPending={isPending} size="md">
        Continue
      </SubmitButton>
    </form>
  );
}
