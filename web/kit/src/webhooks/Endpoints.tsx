/**
 * Where webhooks go: each endpoint with its state, a test call, pause, another try for what was given up.
 */
import { Button, Group } from "@mantine/core";
import { EmptyState, ErrorState, LoadingState, Panel } from "../ui";
import { useState } from "react";
import { type Endpoint, endpointsOf, type TestResult } from "./answers";
import { NewEndpointDialog } from "./NewEndpointDialog";
import { StateBadge } from "./StateBadge";
import { useRetryFailed, useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./webhooks.module.css";

interface Props {
  readonly organisation: string;
  /** Types that a new endpoint gets, unless somebody types others. */
  readonly types: string;
}

export function Endpoints({ organisation, types }: Props) {
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useWebhooks<readonly Endpoint[]>("endpoints");
  const endpoints = endpointsOf(organisation, data);
  const failing = endpoints?.filter(({ dead }) => dead > 0) ?? [];
  const retry = useRetryFailed();
  return (
    <Panel
      title="Endpoints"
      lead="Each gets every event that it asks for, signed, and in its order."
      action={
        <Group gap="xs">
          {failing.length > 0 && (
            <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(failing)}>
              Retry all failed
            </Button>
          )}
          <Button onClick={() => setAdding(true)}>Add an endpoint</Button>
        </Group>
      }
    >
      <EndpointList endpoints={endpoints} error={error} reload={() => void refetch()} />
      <NewEndpointDialog organisation={organisation} types={types} opened={isAdding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

interface ListProps {
  readonly endpoints: readonly Endpoint[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

function EndpointList({ endpoints, error, reload }: ListProps) {
  if (endpoints === undefined) {
    if (error) return <ErrorState title="The endpoints could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading endpoints" count={2} height={72} />;
  }
  if (endpoints.length === 0) {
    return (
      <EmptyState title="No endpoint yet">Add the address of a scenario of Make.com, or of any program.</EmptyState>
    );
  }
  return (
    <ul className={styles.endpoints}>
      {endpoints.map((endpoint) => (
        <li key={endpoint.id} className={styles.endpoint}>
          <div>
            <Group gap="xs">
              <strong>{nameOf(endpoint)}</strong>
              <StateBadge endpoint={endpoint} />
            </Group>
            <p>{endpoint.url}</p>
            {endpoint.state !== "enabled" && endpoint.state_reason !== null && <p>{endpoint.state_reason}</p>}
            <p>
              {sayTypes(endpoint.event_types)} · {endpoint.due} due · {endpoint.dead} given up
            </p>
          </div>
          <Actions endpoint={endpoint} />
        </li>
      ))}
    </ul>
  );
}

/** What people call the endpoint: its description, else the host of its address. */
export function nameOf({ description, url }: Pick<Endpoint, "description" | "url">): string {
  return description === "" ? new URL(url).host : description;
}

function sayTypes(types: readonly string[]): string {
  return types.includes("*") ? "Every event" : types.join(", ");
}

function Actions({ endpoint }: { readonly endpoint: Endpoint }) {
  const name = nameOf(endpoint);
  const path = `endpoints/${endpoint.id}`;
  const test = useWebhookCall<TestResult>(({ success, response_time_ms, error }) => ({
    isGood: success,
    title: success ? `PASS: ${name} answered in ${Math.round(response_time_ms ?? 0)} ms` : `FAIL: ${name}`,
    message: error ?? "",
  }));
  const change = useWebhookCall<Endpoint>(({ state }) => ({ title: `${name} is ${state}` }));
  const retry = useRetryFailed();
  const other = endpoint.state === "enabled" ? "paused" : "enabled";
  return (
    <Group gap="xs">
      <Button
        size="sm"
        variant="default"
        loading={test.isPending}
        onClick={() => test.mutate({ method: "POST", path: `${path}/test` })}
      >
        Test
      </Button>
      <Button
        size="sm"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate({ method: "PUT", path: `${path}/state`, body: { state: other } })}
      >
        {other === "paused" ? "Pause" : "Enable"}
      </Button>
      {endpoint.dead > 0 && (
        <Button size="sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate([endpoint])}>
          Retry failed
        </Button>
      )}
    </Group>
  );
}
