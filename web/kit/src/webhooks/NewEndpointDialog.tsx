/**
 * Makes an endpoint, and shows its secret, which the receiver verifies signatures with.
 */
import { Button, Code, CopyButton, Group, Modal, TextInput } from "@mantine/core";
import { projectRequest } from "../client";
import { useForm } from "../hooks";
import { FormProblem, SubmitButton } from "../ui";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NewEndpoint } from "./answers";
import styles from "./webhooks.module.css";

interface Props {
  readonly organisation: string;
  readonly types: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function NewEndpointDialog({ organisation, types, opened, onClose }: Props) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = (): void => {
    setSecret(null);
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={secret === null ? "Add an endpoint" : "Its secret"} centered>
      {secret === null ? (
        <EndpointForm organisation={organisation} types={types} onMade={setSecret} />
      ) : (
        <Secret secret={secret} onClose={close} />
      )}
    </Modal>
  );
}

interface FormProps {
  readonly organisation: string;
  readonly types: string;
  readonly onMade: (secret: string) => void;
}

function EndpointForm({ organisation, types: asked, onMade }: FormProps) {
  const queries = useQueryClient();
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { url: "", description: "", types: asked },
    validate: { url: (typed) => (URL.canParse(typed.trim()) ? null : "Type a whole address, https://…") },
    send: (client, { url, description, types }) =>
      projectRequest<NewEndpoint>(client, "POST", "webhooks/v1/endpoints", {
        url: url.trim(),
        description: description.trim(),
        organisation_id: organisation,
        event_types: types.split(/[\s,]+/).filter(Boolean),
      }),
    onDone: ({ secrets }) => {
      void queries.invalidateQueries({ queryKey: ["webhooks"] });
      onMade(secrets[0]?.secret ?? "");
    },
    say: ({ message }) => message,
  });
  return (
    <form onSubmit={onSubmit} noValidate className={styles.form}>
      <FormProblem>{problem}</FormProblem>
      <TextInput label="Address" type="url" placeholder="https://" required {...form.getInputProps("url")} />
      <TextInput label="Name" maxLength={200} {...form.getInputProps("description")} />
      <TextInput
        label="Events"
        description="Types or branches of types, with commas between them."
        {...form.getInputProps("types")}
      />
      <Group justify="flex-end">
        <SubmitButton isPending={isPending}>Add the endpoint</SubmitButton>
      </Group>
    </form>
  );
}

function Secret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <div className={styles.form}>
      <p>The receiver proves with it that a request is yours. Keep it where its other secrets are.</p>
      <Code block>{secret}</Code>
      <Group justify="flex-end">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </div>
  );
}
