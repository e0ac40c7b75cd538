/**
 * Webhooks: whether they keep their promises, where they go, and what came of each attempt.
 */
import { useState } from "react";
import type { Endpoint } from "./answers";
import { AttemptsTable } from "./AttemptsTable";
import { EndpointsTable } from "./EndpointsTable";
import { Measures } from "./Measures";
import { ReplayDialog } from "./ReplayDialog";
import { useWebhookList } from "./useWebhooks";
import styles from "./WebhooksPanel.module.css";

export function WebhooksPanel() {
  const endpoints = useWebhookList<Endpoint>("endpoints");
  const [endpointId, setEndpointId] = useState("");
  const [replayed, setReplayed] = useState<Endpoint | null>(null);
  return (
    <div className={styles.panel}>
      <Measures />
      <EndpointsTable answer={endpoints} onShowAttempts={setEndpointId} onReplay={setReplayed} />
      <AttemptsTable endpoints={endpoints.data?.shown ?? []} endpointId={endpointId} onChoose={setEndpointId} />
      <ReplayDialog endpoint={replayed} onClose={() => setReplayed(null)} />
    </div>
  );
}
