/**
 * One attempt whole: the body as it was sent, headers both ways and the answer, as plain text, since a receiver's words
 * are never markup here; and the same event once more.
 */
import { Button, Modal } from "@mantine/core";
import type { Attempt, EventView } from "./answers";
import { useWebhookCall, useWebhooks } from "./useWebhooks";
import styles from "./WebhooksPanel.module.css";

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
  const again = useWebhookCall<{ readonly count: number }>(() => ({ good: true, title: "It is sent again" }));
  const path = `endpoints/${attempt.endpoint_id}/events/${attempt.event_id}/resend`;
  return (
    <div className={styles.detail}>
      <p>
        Attempt {attempt.attempt}, {attempt.status}: {answerOf(attempt)}.
      </p>
      <Button variant="default" loading={again.isPending} onClick={() => again.mutate({ method: "POST", path })}>
        Send again
      </Button>
      <Text title="Event" text={attempt.event_id} />
      <Text title="Request headers" text={lines(attempt.request_headers)} />
      <Text title="Request body" text={event.data ? JSON.stringify(event.data.body, null, 2) : bodyMissing(event)} />
      <Text title="Response headers" text={lines(attempt.response_headers)} />
      <Text title="Response body" text={attempt.response_body ?? ""} />
    </div>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <pre className={styles.text}>{text || "none"}</pre>
    </section>
  );
}

function bodyMissing({ error }: { readonly error: Error | null }): string {
  return error ? error.message : "loading";
}

function answerOf({ http_status, error, error_detail }: Attempt): string {
  const problem = error_detail ?? error;
  if (http_status === null) return problem ?? "no answer";
  return problem ? `${http_status}, ${problem}` : `the receiver answered ${http_status}`;
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
