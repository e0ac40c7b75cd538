/**
 * The console of whoever looks after the webhooks of an organisation.
 */
import { PageHeading } from "@millstream/kit/ui";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import { Attempts } from "../features/webhooks/Attempts";
import { Endpoints } from "../features/webhooks/Endpoints";
import { Tiles } from "../features/webhooks/Tiles";
import { useWebhookFigures } from "../features/webhooks/useWebhooks";
import styles from "../features/webhooks/webhooks.module.css";
import page from "./CalendarPage.module.css";

export function WebhooksPage() {
  return (
    <div className={page.page}>
      <PageHeading lead="What other systems were told, what they answered, and what waits for you.">
        Webhooks
      </PageHeading>
      <OrganisationGate>{({ id }) => <Console organisation={id} />}</OrganisationGate>
    </div>
  );
}

function Console({ organisation }: { readonly organisation: string }) {
  const { figures, error } = useWebhookFigures(organisation);
  return (
    <div className={styles.console}>
      <Tiles figures={figures} error={error} />
      <Endpoints organisation={organisation} />
      <Attempts organisation={organisation} />
    </div>
  );
}
