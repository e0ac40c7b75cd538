/**
 * Sends the events of the last time to an endpoint again; how many that would be is counted first.
 */
import { Button, Checkbox, Modal, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { count } from "../tables/words";
import type { Endpoint, Replayed } from "./answers";
import { nameOf } from "./EndpointsTable";
import { useWebhookCall } from "./useWebhooks";
import styles from "./WebhooksPanel.module.css";

const WINDOWS = [
  { value: "1", label: "The last hour" },
  { value: "24", label: "The last day" },
  { value: "168", label: "The last week" },
];
const HOUR_MS = 3_600_000;

interface Props {
  readonly endpoint: Endpoint | null;
  readonly onClose: () => void;
}

export function ReplayDialog({ endpoint, onClose }: Props) {
  return (
    <Modal opened={endpoint !== null} onClose={onClose} title={endpoint ? `Replay to ${nameOf(endpoint)}` : ""}>
      {endpoint && <Form key={endpoint.id} endpoint={endpoint} onDone={onClose} />}
    </Modal>
  );
}

function Form({ endpoint, onDone }: { readonly endpoint: Endpoint; readonly onDone: () => void }) {
  const [hours, setHours] = useState("1");
  const [onlyFailed, setOnlyFailed] = useState(false);
  const [found, setFound] = useState<number | null>(null);
  const replay = useWebhookCall<Replayed>(({ events, dry_run }) => ({
    good: true,
    title: dry_run ? `${count(events)} events fit` : `${count(events)} events are sent again`,
  }));
  const send = (dryRun: boolean) =>
    replay.mutate(
      {
        method: "POST",
        path: `endpoints/${endpoint.id}/replay`,
        body: {
          since: new Date(Date.now() - Number(hours) * HOUR_MS).toISOString(),
          only_failed: onlyFailed,
          dry_run: dryRun,
        },
      },
      { onSuccess: ({ events }) => (dryRun ? setFound(events) : onDone()) },
    );
  return (
    <div className={styles.form}>
      <NativeSelect
        label="Events of"
        data={WINDOWS}
        value={hours}
        onChange={(event) => {
          setHours(event.currentTarget.value);
          setFound(null);
        }}
      />
      <Checkbox
        label="Only those that were given up"
        checked={onlyFailed}
        onChange={(event) => {
          setOnlyFailed(event.currentTarget.checked);
          setFound(null);
        }}
      />
      {found === null ? (
        <Button variant="default" loading={replay.isPending} onClick={() => send(true)}>
          Count
        </Button>
      ) : (
        <Button disabled={found === 0} loading={replay.isPending} onClick={() => send(false)}>
          {`Send ${count(found)} again`}
        </Button>
      )}
    </div>
  );
}
