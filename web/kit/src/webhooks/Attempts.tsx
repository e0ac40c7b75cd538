/**
 * Every attempt, the newest first, while they are made; each with its request and its answer.
 */
import { type DataColumn, type DataFilter, DataTable, LiveChip, Panel } from "../ui";
import { sayMoment, visitorZone } from "../time";
import { useState } from "react";
import { type Attempt, attemptsAt, type Endpoint, endpointsOf } from "./answers";
import { AttemptDialog } from "./AttemptDialog";
import { nameOf } from "./Endpoints";
import { useWebhooks } from "./useWebhooks";

const OUTCOMES: Readonly<Record<Attempt["status"], string>> = {
  delivered: "✓ delivered",
  retrying: "↻ tried again",
  failed: "✗ given up",
};

const FILTERS: readonly DataFilter<Attempt>[] = [
  {
    id: "outcome",
    label: "Outcome",
    options: [
      { value: "delivered", label: "Delivered" },
      { value: "retrying", label: "Tried again" },
      { value: "failed", label: "Given up" },
    ],
    matches: ({ status }, chosen) => status === chosen,
  },
];

interface Props {
  readonly organisation: string;
  readonly trigger: string | undefined;
}

export function Attempts({ organisation, trigger }: Props) {
  const { data, error, refetch } = useWebhooks<readonly Attempt[]>("attempts?most=500");
  const endpoints = useWebhooks<readonly Endpoint[]>("endpoints");
  const [open, setOpen] = useState<Attempt | null>(null);
  const own = endpointsOf(organisation, endpoints.data);
  const names = new Map(own?.map((endpoint) => [endpoint.id, nameOf(endpoint)]));
  return (
    <Panel title="Deliveries" action={<LiveChip />}>
      <DataTable
        label="Deliveries"
        columns={columnsFor(names)}
        filters={FILTERS}
        rows={attemptsAt(own, data)}
        error={error ?? endpoints.error}
        onRetry={() => {
          void refetch();
          void endpoints.refetch();
        }}
        keyOf={({ id }) => id}
        empty="Nothing was sent yet."
        onOpen={setOpen}
        prefix="d"
      />
      <AttemptDialog attempt={open} trigger={trigger} onClose={() => setOpen(null)} />
    </Panel>
  );
}

function columnsFor(names: ReadonlyMap<string, string>): readonly DataColumn<Attempt>[] {
  return [
    {
      id: "at",
      header: "When",
      value: ({ attempted_at }) => new Date(attempted_at),
      cell: ({ attempted_at }) => sayMoment(attempted_at, visitorZone()),
    },
    { id: "type", header: "Event", value: ({ event_type }) => event_type },
    { id: "to", header: "Endpoint", value: ({ endpoint_id }) => names.get(endpoint_id) ?? "removed", wideOnly: true },
    { id: "outcome", header: "Outcome", value: ({ status }) => OUTCOMES[status] },
    { id: "answer", header: "Answer", value: ({ http_status, error }) => http_status ?? error ?? "none" },
    { id: "attempt", header: "Attempt", value: ({ attempt }) => attempt, align: "end", wideOnly: true },
    {
      id: "took",
      header: "Took",
      value: ({ duration_ms }) => duration_ms,
      cell: ({ duration_ms }) => `${Math.round(duration_ms)} ms`,
      align: "end",
      wideOnly: true,
    },
  ];
}
