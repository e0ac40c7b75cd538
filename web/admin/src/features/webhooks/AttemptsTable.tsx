/**
 * What was sent and what came back, the newest first, of one endpoint or all, by outcome; each with its details.
 */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type Tone, ToneBadge } from "@millstream/kit/ui";
import { useState } from "react";
import { type Column, DataTable } from "../tables/DataTable";
import { delay } from "../tables/words";
import type { Attempt, AttemptStatus, Endpoint } from "./answers";
import { AttemptDialog } from "./AttemptDialog";
import { nameOf } from "./EndpointsTable";
import { useWebhookList } from "./useWebhooks";

const STATUSES = [
  { value: "", label: "Every outcome" },
  { value: "delivered", label: "Delivered" },
  { value: "retrying", label: "Tried again" },
  { value: "failed", label: "Given up" },
];
const TONES: Readonly<Record<AttemptStatus, Tone>> = {
  delivered: "good",
  retrying: "warn",
  failed: "bad",
};

interface Props {
  readonly endpoints: readonly Endpoint[];
  /** Whose attempts are shown; empty for all. */
  readonly endpointId: string;
  readonly onChoose: (endpointId: string) => void;
}

export function AttemptsTable({ endpoints, endpointId, onChoose }: Props) {
  const [status, setStatus] = useState("");
  const [type, setType] = useState("");
  const [chosen, setChosen] = useState<Attempt | null>(null);
  const wanted = new URLSearchParams({
    ...(endpointId && { endpoint_id: endpointId }),
    ...(status && { status }),
    ...(isType(type) && { event_type: type }),
  }).toString();
  const answer = useWebhookList<Attempt>(wanted ? `attempts?${wanted}` : "attempts");
  const names = new Map(endpoints.map((one) => [one.id, nameOf(one)]));
  const filtered = Boolean(wanted);
  return (
    <>
      <DataTable
        caption="Attempts"
        answer={answer}
        columns={columnsFor(names, setChosen)}
        keyOf={({ id }) => id}
        empty={filtered ? "Nothing of this kind was sent." : "Nothing was sent yet."}
      >
        <NativeSelect
          aria-label="Endpoint of attempts"
          data={[{ value: "", label: "Every endpoint" }, ...[...names].map(([value, label]) => ({ value, label }))]}
          value={endpointId}
          onChange={(event) => onChoose(event.currentTarget.value)}
        />
        <TextInput
          aria-label="Type of events"
          placeholder="order.* or order.created"
          value={type}
          onChange={(event) => setType(event.currentTarget.value.trim())}
        />
        <NativeSelect
          aria-label="Outcome of attempts"
          data={STATUSES}
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value)}
        />
      </DataTable>
      <AttemptDialog attempt={chosen} onClose={() => setChosen(null)} />
    </>
  );
}

/** Tell whether the server takes it for a type, or a branch of types; while it is typed it may be neither. */
function isType(text: string): boolean {
  return /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?$/.test(text);
}

function columnsFor(
  names: ReadonlyMap<string, string>,
  choose: (attempt: Attempt) => void,
): readonly Column<Attempt>[] {
  return [
    { name: "When", of: ({ attempted_at }) => new Date(attempted_at).toLocaleString() },
    { name: "Event", of: ({ event_type }) => event_type },
    { name: "Endpoint", of: ({ endpoint_id }) => names.get(endpoint_id) ?? "removed" },
    {
      name: "Outcome",
      of: ({ status }) => <ToneBadge tone={TONES[status]}>{status}</ToneBadge>,
    },
    { name: "Answer", of: ({ http_status, error }) => http_status ?? error ?? "none" },
    { name: "Attempt", of: ({ attempt }) => attempt, isNumber: true },
    { name: "Took", of: ({ duration_ms }) => delay(duration_ms / 1000), isNumber: true },
    {
      name: "Action",
      of: (attempt) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Details of ${attempt.event_type}, attempt ${attempt.attempt}`}
          onClick={() => choose(attempt)}
        >
          Details
        </Button>
      ),
    },
  ];
}
