/**
 * Where webhooks go and how each endpoint fares; a test call, pause and enable, and another try for what was given up.
 */
import { Button } from "@mantine/core";
import { type Tone, ToneBadge } from "@millstream/kit/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Part } from "../admin/answers";
import { type Column, DataTable } from "../tables/DataTable";
import { Names } from "../tables/Marks";
import { count, delay } from "../tables/words";
import type { CallResult, Endpoint, EndpointState, Statistics } from "./answers";
import { type Call, useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./WebhooksPanel.module.css";

type Word = EndpointState | "failing";

const TONES: Readonly<Record<Word, Tone>> = {
  enabled: "good",
  failing: "warn",
  paused: "warn",
  disabled: "bad",
};

interface Props {
  readonly answer: UseQueryResult<Part<Endpoint>>;
  readonly onShowAttempts: (endpointId: string) => void;
  readonly onReplay: (endpoint: Endpoint) => void;
}

export function EndpointsTable({ answer, ...on }: Props) {
  return (
    <DataTable
      caption="Endpoints"
      answer={answer}
      columns={columnsFor(on)}
      keyOf={({ id }) => id}
      empty="No endpoint yet: `millstream webhooks create` makes one."
    />
  );
}

type Choices = Omit<Props, "answer">;

function columnsFor(on: Choices): readonly Column<Endpoint>[] {
  return [
    { name: "Address", of: (one) => <Address endpoint={one} /> },
    { name: "Events", of: ({ event_types }) => <Names names={event_types} /> },
    { name: "State", of: (one) => <State endpoint={one} /> },
    { name: "Delivered, 24 h", of: ({ id }) => <SuccessRate endpointId={id} />, isNumber: true },
    { name: "Due", of: ({ due }) => count(due), isNumber: true },
    { name: "Given up", of: ({ dead }) => count(dead), isNumber: true },
    { name: "Actions", of: (one) => <Actions endpoint={one} {...on} /> },
  ];
}

/** What people call the endpoint: its description, else the host of its address. */
export function nameOf({ description, url }: Endpoint): string {
  return description || new URL(url).host;
}

function Address({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <>
      {nameOf(endpoint)}
      <span className={styles.soft}>{endpoint.url}</span>
    </>
  );
}

function State({ endpoint }: { readonly endpoint: Endpoint }) {
  const word = wordOf(endpoint);
  const why = word === "failing" ? `${count(endpoint.health.failures)} in a row` : endpoint.state_reason;
  return (
    <>
      <ToneBadge tone={TONES[word]}>{word}</ToneBadge>
      {word !== "enabled" && why && <span className={styles.soft}>{why}</span>}
    </>
  );
}

function wordOf({ state, health }: Endpoint): Word {
  return state === "enabled" && health.failing_since !== null ? "failing" : state;
}

function SuccessRate({ endpointId }: { readonly endpointId: string }) {
  const rate = useWebhooks<Statistics>(`statistics?endpoint_id=${endpointId}`).data?.success_rate;
  return rate == null ? "–" : `${rate.toFixed(1)} %`;
}

function Actions({ endpoint, onShowAttempts, onReplay }: Choices & { readonly endpoint: Endpoint }) {
  const name = nameOf(endpoint);
  const path = `endpoints/${endpoint.id}`;
  const test = useWebhookCall<CallResult>(({ success, response_time_ms, error }) =>
    success
      ? { good: true, title: `${name} answered in ${delay((response_time_ms ?? 0) / 1000)}` }
      : { good: false, title: `${name} did not take it`, message: error ?? "" },
  );
  const change = useWebhookCall<Endpoint>(({ state }) => ({ good: true, title: `${name} is ${state}` }));
  const retry = useWebhookCall<{ readonly count: number }>(({ count: number }) => ({
    good: true,
    title: `${count(number)} put back into the queue`,
  }));
  const enabled = endpoint.state === "enabled";
  const buttons: readonly (readonly [string, () => void, boolean])[] = [
    ["Attempts", () => onShowAttempts(endpoint.id), false],
    ["Replay", () => onReplay(endpoint), false],
    ["Test call", () => test.mutate(post(`${path}/test`)), test.isPending],
    [
      enabled ? "Pause" : "Enable",
      () => change.mutate({ method: "PUT", path: `${path}/state`, body: { state: enabled ? "paused" : "enabled" } }),
      change.isPending,
    ],
  ];
  return (
    <div className={styles.actions}>
      {buttons.map(([label, onClick, loading]) => (
        <Button
          key={label}
          size="compact-sm"
          variant="default"
          aria-label={`${label}: ${name}`}
          loading={loading}
          onClick={onClick}
        >
          {label}
        </Button>
      ))}
      {endpoint.dead > 0 && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Retry failed: ${name}`}
          loading={retry.isPending}
          onClick={() => retry.mutate(post(`${path}/retry-failed`))}
        >
          Retry failed
        </Button>
      )}
    </div>
  );
}

function post(path: string): Call {
  return { method: "POST", path };
}
