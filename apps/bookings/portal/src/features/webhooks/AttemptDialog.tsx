/**
 * One attempt whole: the body as it was sent, headers both ways, the answer; and sending the event once more.
 *
 * Everything stands there as plain text: a receiver's words are never markup here.
 */
import { Button, Code, Group, Modal } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import type { Attempt, EventView } from "./answers";
import { useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./webhooks.module.css";

interface Props {
  readonly attempt: Attempt | null;
  readonly onClose: () => void;
}

export function AttemptDialog({ attempt, onClose }: Props) {
  return (
    <Modal opened={attempt !== null} onClose={onClose} size="lg" title={attempt?.event_type ?? ""}>
      {attempt && <Details attempt={attempt} />}
    </Modal>
  );
}

function Details({ attempt }: { readonly attempt: Attempt }) {
  const event = useWebhooks<EventView>(`events/${attempt.event_id}`);
  const body = event.data?.body;
  return (
    <div className={styles.detail}>
      <p>{answerOf(attempt)}</p>
      <Again attempt={attempt} row={rowOf(body)} />
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

/** To this endpoint again, or, by hand, to every endpoint as if the event had just happened. */
function Again({ attempt, row }: { readonly attempt: Attempt; readonly row: string | null }) {
  const resend = useWebhookCall<unknown>(() => ({ title: "It is sent again" }));
  const trigger = useOperation<{ event_id: string }, unknown>("booking-event-webhook", {
    onSuccess: () => showToast({ id: "trigger", kind: "good", title: "It is sent to every endpoint again" }),
    onError: ({ message }) => showToast({ id: "trigger", kind: "problem", title: "It was not sent", message }),
  });
  const path = `endpoints/${attempt.endpoint_id}/events/${attempt.event_id}/resend`;
  return (
    <Group>
      <Button variant="default" loading={resend.isPending} onClick={() => resend.mutate({ method: "POST", path })}>
        Send again
      </Button>
      {row !== null && (
        <Button variant="subtle" loading={trigger.isPending} onClick={() => trigger.mutate({ event_id: row })}>
          Trigger for all endpoints
        </Button>
      )}
    </Group>
  );
}

/** Return the id of the row of `booking_events` that the event is of. */
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
