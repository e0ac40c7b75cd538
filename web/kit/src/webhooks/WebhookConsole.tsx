/**
 * The console of whoever looks after the webhooks of an organisation: figures, endpoints, every attempt.
 *
 * Needs the live view `webhook_figures` of the kit (docs/reference/kit.md).
 */
import { Attempts } from "./Attempts";
import { Endpoints } from "./Endpoints";
import { Tiles } from "./Tiles";
import { useWebhookFigures } from "./useWebhooks";
import styles from "./webhooks.module.css";

export interface WebhookConsoleProps {
  readonly organisation: string;
  /** What a new endpoint asks for unless somebody types otherwise. */
  readonly types?: string;
  /** The operation that delivers a row of the application's log, named by `event_id`, to every endpoint again. */
  readonly trigger?: string;
}

export function WebhookConsole({ organisation, types = "*", trigger }: WebhookConsoleProps) {
  const { figures, error } = useWebhookFigures(organisation);
  return (
    <div className={styles.console}>
      <Tiles figures={figures} error={error} />
      <Endpoints organisation={organisation} types={types} />
      <Attempts organisation={organisation} trigger={trigger} />
    </div>
  );
}
