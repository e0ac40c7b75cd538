/**
 * The built-in receiver: what arrived, whether its signature was right, and a switch that makes it misbehave.
 */
import { Code, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type DataColumn, DataTable, LiveChip, Panel } from "@millstream/kit/ui";
import { sayMoment, visitorZone } from "@millstream/kit/time";
import { useState } from "react";
import styles from "./demo.module.css";
import { type ReceivedRow, useReceived } from "./useReceived";
import { useReceiver } from "./useReceiver";

const MODES = [
  { value: "ok", label: "Answers" },
  { value: "slow", label: "Takes its time" },
  { value: "fail", label: "Fails (500)" },
  { value: "gone", label: "Is gone (410)" },
];

const COLUMNS: readonly DataColumn<ReceivedRow>[] = [
  {
    id: "at",
    header: "Arrived",
    value: ({ received_at }) => new Date(received_at),
    cell: ({ received_at }) => sayMoment(received_at, visitorZone()),
  },
  { id: "type", header: "Event", value: ({ event_type }) => event_type },
  { id: "attempt", header: "Attempt", value: ({ attempt }) => attempt, align: "end" },
  {
    id: "verified",
    header: "Signature",
    value: ({ verified }) => verified,
    cell: ({ verified, reason }) => (verified ? "✓ right" : `✗ ${reason}`),
  },
  { id: "answered", header: "Answered", value: ({ answered }) => answered, align: "end" },
  { id: "id", header: "webhook-id", value: ({ webhook_id }) => webhook_id, wideOnly: true },
];

export function WebhookTesting({ organisation }: { readonly organisation: string }) {
  const { received, error, reload } = useReceived(organisation);
  const [open, setOpen] = useState<ReceivedRow | null>(null);
  return (
    <>
      <Panel
        title="The receiver"
        lead="It stands for a scenario of Make.com or any other system: it verifies the signature of each request. Let it fail, book something, and watch the retries."
      >
        <BehaviourSwitch organisation={organisation} />
      </Panel>
      <Panel title="What arrived" action={<LiveChip />}>
        <DataTable
          label="Webhooks"
          columns={COLUMNS}
          rows={received}
          error={error}
          onRetry={reload}
          keyOf={({ id }) => String(id)}
          empty="Nothing arrived yet. Each step of a booking sends one."
          onOpen={setOpen}
          prefix="r"
        />
        {open && (
          <Code block className={styles.request} tabIndex={0} aria-label="The request">
            {JSON.stringify({ headers: open.headers, body: open.body }, null, 2)}
          </Code>
        )}
      </Panel>
    </>
  );
}

function BehaviourSwitch({ organisation }: { readonly organisation: string }) {
  const isNarrow = useMediaQuery("(max-width: 600px)");
  const { mode, change } = useReceiver(organisation);
  if (mode === null) return <p>It is part of the demo; this organisation has none.</p>;
  return (
    <SegmentedControl
      aria-label="The receiver"
      orientation={isNarrow ? "vertical" : "horizontal"}
      fullWidth={isNarrow}
      disabled={mode === undefined}
      data={MODES}
      value={mode ?? "ok"}
      onChange={change}
    />
  );
}
