/**
 * A client as the organisation knows them. The address is who they are: it is given once.
 */
import { Button, Group, Modal, TextInput } from "@mantine/core";
import { saveVersion } from "@millstream/kit/client";
import { useOperation } from "@millstream/kit/hooks";
import { ConfirmDialog, ConflictDialog, Form, showToast, SubmitButton, useVersionedForm } from "@millstream/kit/ui";
import { useState } from "react";
import type { ClientRow } from "../../rows";
import { sayUnsaved } from "./savingRows";

type Values = Pick<ClientRow, "name" | "phone" | "email">;

const LABELS: Readonly<Record<keyof Values, string>> = { name: "Name", email: "E-mail", phone: "Telephone" };

interface Props {
  /** Null makes a new one. */
  readonly client: ClientRow | null;
  readonly organisation: string;
  readonly onClose: () => void;
}

export function ClientDialog({ client: known, organisation, onClose }: Props) {
  const { form, isPending, problem, onSubmit, conflict } = useVersionedForm<Values, string>({
    actual: { values: valuesOf(known), version: known?.version ?? 0 },
    validate: {
      name: (name) => (name.trim() === "" ? "Say who it is." : null),
      email: (email) => (/^[^@\s]+@[^@\s]+$/.test(email.trim()) ? null : "Type an e-mail address."),
    },
    send: (client, { name, phone, email }, version) =>
      known
        ? saveVersion(client, "clients", { id: known.id, version }, { name: name.trim(), phone })
        : saveVersion(client, "clients", null, {
            name: name.trim(),
            phone,
            email: email.trim().toLowerCase(),
            organisation_id: organisation,
          }),
    onDone: () => {
      showToast({ id: "client", kind: "good", title: "Saved" });
      onClose();
    },
    say: sayUnsaved,
  });
  return (
    <Modal opened onClose={onClose} title={known?.name ?? "A new client"} centered>
      <Form problem={problem} onSubmit={onSubmit}>
        <TextInput label={LABELS.name} maxLength={120} required {...form.getInputProps("name")} />
        <TextInput
          label={LABELS.email}
          type="email"
          maxLength={254}
          required
          disabled={known !== null}
          {...form.getInputProps("email")}
        />
        <TextInput label={LABELS.phone} type="tel" maxLength={40} {...form.getInputProps("phone")} />
        <Group justify="space-between">
          {known ? <Forget client={known} onDone={onClose} /> : <span />}
          <SubmitButton isPending={isPending}>Save the client</SubmitButton>
        </Group>
      </Form>
      <ConflictDialog<Values> {...conflict} labelOf={(field) => LABELS[field]} />
    </Modal>
  );
}

function Forget({ client: { id, name }, onDone }: { readonly client: ClientRow; readonly onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const forget = useOperation<{ client_id: string }, { removed: boolean }>("forget_client", {
    onSuccess: () => {
      showToast({ id: "client", kind: "good", title: "Forgotten", message: "What happened stays, without a name." });
      onDone();
    },
    onError: (failed) => showToast({ id: "client", kind: "problem", title: sayUnsaved(failed) }),
  });
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
        Forget this client
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={`Forget ${name}?`}
        action="Forget for good"
        isPending={forget.isPending}
        onConfirm={() => forget.mutate({ client_id: id })}
        onClose={() => setAsking(false)}
      >
        Name, address, notes, links and mails are removed. Bookings and figures stay. It cannot be undone.
      </ConfirmDialog>
    </>
  );
}

function valuesOf(client: ClientRow | null): Values {
  return { name: client?.name ?? "", email: client?.email ?? "", phone: client?.phone ?? "" };
}
