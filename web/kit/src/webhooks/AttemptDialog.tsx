/**
 * One attempt whole: the body as it was sent, headers both ways, the answer; and sending the event once more.
 *
 * Everything stands there as plain text: a receiver's words are never markup here.
 */
import { Button, Code, Group, Modal } from "@mantine/core";
import { useOperation } from "../hooks";
import { showToast } from "../ui";
import type { Attempt, EventView } from "./answers";
import { useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./webhooks.module.css";

interface Props {
  readonly attempt: Attempt | null;
  /** The operation that delivers a row of the application's log, named by `event_id`, to every endpoint again. */
  readonly trigger: string | undefined;
  readonly onClose: () => void;
}

export function AttemptDialog({ attempt, trigger, onClose }: Props) {
  return (
    <Modal opened={attempt !== null} onClose={onClose} size="lg" title={attempt?.event_type ?? ""}>
      {attempt && <Details attempt={attempt} trigger={trigger} />}
    </Modal>
  );
}

interface DetailsProps {
  readonly attempt: Attempt;
  readonly trigger: string | undefined;
}

function Details({ attempt, trigger }: DetailsProps) {
  const event = useWebhooks<EventView>(`events/${attempt.event_id}`);
  const body = event.data?.body;
  const row = rowOf(body);
  return (
    <div className={styles.detail}>
      <p>{answerOf(attempt)}</p>
      <Group>
        <SendAgain attempt={attempt} />
        {trigger !== undefined && row !== null && <Trigger operation={trigger} row={row} />}
      </Group>
      <Text title="Request headers" text={lines(attempt.request_headers)} />
      <Text
        title="Request body"
        text={body === undefined ? (event.error?.message ?? "…") : JSON.stringify(body, null, 2)}
      />
      <Text title="Response headers" text={lines(attempt.response_headers)} />
      <Text title="Response body" text={attempt.response_body ?? ""} />
    </div>
  );
}

function SendAgain({ attempt }: { readonly attempt: Attempt }) {
  const resend = useWebhookCall<unknown>(() => ({ title: "It is sent again" }));
  const path = `endpoints/${attempt.endpoint_id}/events/${attempt.event_id}/resend`;
  return (
    <Button variant="default" loading={resend.isPending} onClick={() => resend.mutate({ method: "POST", path })}>
      Send again
    </Button>
  );
}

/** By hand, to every endpoint, as if the event had just happened. */
function Trigger({ operation, row }: { readonly operation: string; readonly row: string }) {
  const trigger = useOperation<{ event_id: string }, unknown>(operation, {
    onSuccess: () => showToast({ id: "trigger", kind: "good", title: "It is sent to every endpoint again" }),
    onError: ({ message }) => showToast({ id: "trigger", kind: "problem", title: "It was not sent", message }),
  });
  return (
    <Button variant="subtle" loading={trigger.isPending} onClick={() => trigger.mutate({ event_id: row })}>
      Trigger for all endpoints
    </Button>
  );
}

/** Return the id of the row of the application's log that the event is of. Pure. */
export function rowOf(body: unknown): string | null {
  const data = (body as { data?: { event_id?: unknown } } | undefined)?.data;
  return typeof data?.event_id === "string" ? data.event_id : null;
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <Code block className={styles.text} tabIndex={0} aria-label={title}>
        {text === "" ? "none" : text}
      </Code>
    </section>
  );
}

function answerOf({ attempt, http_status, error, error_detail }: Attempt): string {
  const problem = error_detail ?? error;
  const said = http_status === null ? "no answer" : `answered ${http_status}`;
  return `Attempt ${attempt}: ${said}${problem === null ? "" : `, ${problem}`}.`;
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
