/**
 * Where webhooks go: each endpoint with its state, a test call, pause, another try for what was given up.
 */
import { Badge, Button, Group } from "@mantine/core";
import { EmptyState, ErrorState, LoadingState, Panel } from "@millstream/kit/ui";
import { useState } from "react";
import type { Endpoint, TestResult } from "./answers";
import { NewEndpointDialog } from "./NewEndpointDialog";
import { useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./webhooks.module.css";

export function Endpoints() {
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useWebhooks<readonly Endpoint[]>("endpoints");
  const retry = useWebhookCall<{ readonly count: number }>(({ count }) => ({ title: `${count} are tried again` }));
  return (
    <Panel
      title="Endpoints"
      lead="Each gets every event that it asks for, signed, in the order of each booking."
      action={
        <Group gap="xs">
          <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(post("retry-failed"))}>
            Retry all failed
          </Button>
          <Button onClick={() => setAdding(true)}>Add an endpoint</Button>
        </Group>
      }
    >
      {data === undefined && error && (
        <ErrorState title="The endpoints could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && !error && <LoadingState label="Loading endpoints" count={2} height={72} />}
      {data && <EndpointList endpoints={data} />}
      <NewEndpointDialog opened={isAdding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function EndpointList({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
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
              <State endpoint={endpoint} />
            </Group>
            <p>{endpoint.url}</p>
            <p>
              {endpoint.event_types.join(", ")} · {endpoint.due} due · {endpoint.dead} given up
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

function State({ endpoint: { state, state_reason, health } }: { readonly endpoint: Endpoint }) {
  const isFailing = state === "enabled" && health.failing_since !== null;
  const color = { enabled: "teal", paused: "yellow", disabled: "red" }[state];
  return (
    <Badge variant="light" color={isFailing ? "yellow" : color} title={state_reason ?? undefined}>
      {isFailing ? `failing, ${health.failures} in a row` : state}
    </Badge>
  );
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
  const retry = useWebhookCall<{ readonly count: number }>(({ count }) => ({ title: `${count} are tried again` }));
  const other = endpoint.state === "enabled" ? "paused" : "enabled";
  return (
    <Group gap="xs">
      <Button
        size="compact-md"
        variant="default"
        loading={test.isPending}
        onClick={() => test.mutate(post(`${path}/test`))}
      >
        Test
      </Button>
      <Button
        size="compact-md"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate({ method: "PUT", path: `${path}/state`, body: { state: other } })}
      >
        {other === "paused" ? "Pause" : "Enable"}
      </Button>
      {endpoint.dead > 0 && (
        <Button
          size="compact-md"
          variant="default"
          loading={retry.isPending}
          onClick={() => retry.mutate(post(`${path}/retry-failed`))}
        >
          Retry failed
        </Button>
      )}
    </Group>
  );
}

function post(path: string) {
  return { method: "POST", path } as const;
}
