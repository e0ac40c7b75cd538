/**
 * Takes the code that is posted at a place from whoever is there; the field comes when they say that they are.
 */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { callOperation, type RequestFailed } from "../../client";
import { useForm } from "../../hooks";
import { Form, SubmitButton } from "../FormParts";

interface Props {
  /** What the button says that brings the field. */
  readonly arrived: string;
  readonly label: string;
  readonly description: string;
  /** The operation that takes the code, and what else it is told. */
  readonly operation: string;
  readonly more: object;
  readonly action: string;
  readonly say: (refusal: RequestFailed) => string;
}

export function CodeForm({ arrived, label, description, operation, more, action, say }: Props) {
  const [opened, setOpened] = useState(false);
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { code: "" },
    validate: { code: (typed) => (typed.trim() === "" ? "Type the code that is posted there." : null) },
    send: (client, { code }) => callOperation<unknown>(client, operation, { ...more, code: code.trim() }),
    say,
  });
  if (!opened) return <Button onClick={() => setOpened(true)}>{arrived}</Button>;
  return (
    <Form problem={problem} onSubmit={onSubmit}>
      <TextInput
        label={label}
        description={description}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        size="md"
        data-autofocus
        {...form.getInputProps("code")}
      />
      <SubmitButton isPending={isPending}>{action}</SubmitButton>
    </Form>
  );
}
