/**
 * What an organisation offers, bookable or not; each service opens in its dialog.
 */
import { Button } from "@mantine/core";
import type { Organisation } from "@millstream/kit/client";
import { mayManage } from "@millstream/kit/shell";
import { type DataColumn, DataTable, Panel, price, ToneBadge } from "@millstream/kit/ui";
import { sayDuration } from "@millstream/kit/time";
import { type ComponentProps, useState } from "react";
import type { ServiceRow } from "../../rows";
import { useOwnProviders } from "../providers/useProviders";
import { ServiceDialog } from "./ServiceDialog";
import { useOrganisationRows } from "./useOrganisationRows";

const COLUMNS: readonly DataColumn<ServiceRow>[] = [
  { id: "name", header: "Service", value: ({ name }) => name },
  {
    id: "takes",
    header: "Takes",
    value: ({ duration_minutes }) => duration_minutes,
    cell: ({ duration_minutes }) => sayDuration(duration_minutes),
  },
  {
    id: "price",
    header: "Price",
    value: (service) => service.price,
    cell: (service) => price(service.price, service.currency),
    align: "end",
  },
  {
    id: "confirmed",
    header: "Confirmed",
    value: ({ confirmation }) => (confirmation === "request" ? "on request" : "at once"),
    wideOnly: true,
  },
  {
    id: "state",
    header: "State",
    value: ({ active }) => (active ? "bookable" : "withdrawn"),
    cell: ({ active }) => <ToneBadge tone={active ? "good" : "quiet"}>{active ? "Bookable" : "Withdrawn"}</ToneBadge>,
  },
];

export function ServicesTable({ organisation }: { readonly organisation: Organisation }) {
  const { id } = organisation;
  const { rows, error, reload } = useOrganisationRows("services", id);
  const [open, setOpen] = useState<string | null>(null);
  const mayChange = mayManage(organisation);
  return (
    <Panel
      title="What you offer"
      lead={mayChange ? undefined : "Owners and managers change these."}
      action={mayChange && <Button onClick={() => setOpen("new")}>Add a service</Button>}
    >
      <DataTable
        label="Services"
        columns={COLUMNS}
        rows={rows && inOrder(rows)}
        error={error}
        onRetry={reload}
        keyOf={(service) => service.id}
        empty="Nothing is offered yet. Add what people can book."
        onOpen={(service) => setOpen(service.id)}
      />
      {open !== null && rows && (
        <OpenService
          key={open}
          service={rows.find((service) => service.id === open) ?? null}
          organisation={id}
          mayChange={mayChange}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

function OpenService(props: Omit<ComponentProps<typeof ServiceDialog>, "providers">) {
  const { providers } = useOwnProviders(props.organisation);
  return providers && <ServiceDialog {...props} providers={providers} />;
}

/** Return services as clients see them listed. Pure. */
export function inOrder(services: readonly ServiceRow[]): readonly ServiceRow[] {
  return services.toSorted((a, b) => a.sort_order - b.sort_order || a.name.localeCompare(b.name));
}
