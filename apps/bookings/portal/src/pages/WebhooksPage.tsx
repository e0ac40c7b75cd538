/**
 * The console of whoever looks after the webhooks of an organisation.
 */
import { PageHeading } from "@millstream/kit/ui";
import { WebhookConsole } from "@millstream/kit/webhooks";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import page from "./CalendarPage.module.css";

export function WebhooksPage() {
  return (
    <div className={page.page}>
      <PageHeading lead="What other systems were told, what they answered, and what waits for you.">
        Webhooks
      </PageHeading>
      <OrganisationGate>
        {({ id }) => <WebhookConsole organisation={id} types="booking.*" trigger="booking-event-webhook" />}
      </OrganisationGate>
    </div>
  );
}
