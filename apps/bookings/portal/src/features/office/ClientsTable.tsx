/**
 * Whom an organisation knows; each client opens in a dialog, where they can be forgotten, too.
 */
import { Button } from "@mantine/core";
import type { Organisation } from "@millstream/kit/client";
import { type DataColumn, DataTable, Panel } from "@millstream/kit/ui";
import { useState } from "react";
import type { ClientRow } from "../../rows";
import { ClientDialog } from "./ClientDialog";
import { useOrganisationRows } from "./useOrganisationRows";

const COLUMNS: readonly DataColumn<ClientRow>[] = [
  { id: "name", header: "Name", value: ({ name }) => name },
  { id: "email", header: "E-mail", value: ({ email }) => email },
  { id: "phone", header: "Telephone", value: ({ phone }) => phone, wideOnly: true },
  {
    id: "account",
    header: "Account",
    value: ({ user_id }) => (user_id === null ? "none" : "signs in"),
    wideOnly: true,
  },
];

export function ClientsTable({ organisation: { id } }: { readonly organisation: Organisation }) {
  const { rows, error, reload } = useOrganisationRows("clients", id);
  const [open, setOpen] = useState<string | null>(null);
  const chosen = rows?.find((client) => client.id === open) ?? null;
  return (
    <Panel title="Clients" action={<Button onClick={() => setOpen("new")}>Add a client</Button>}>
      <DataTable
        label="Clients"
        columns={COLUMNS}
        rows={known(rows)}
        error={error}
        onRetry={reload}
        keyOf={(client) => client.id}
        empty="Nobody was here yet. Whoever books becomes a client."
        onOpen={(client) => setOpen(client.id)}
      />
      {open !== null && (open === "new" || chosen) && (
        <ClientDialog key={open} client={chosen} organisation={id} onClose={() => setOpen(null)} />
      )}
    </Panel>
  );
}

/** Return whom the organisation still knows, by name. Pure. */
export function known(clients: readonly ClientRow[] | undefined): readonly ClientRow[] | undefined {
  return clients?.filter(({ forgotten_at }) => forgotten_at === null).toSorted((a, b) => a.name.localeCompare(b.name));
}
