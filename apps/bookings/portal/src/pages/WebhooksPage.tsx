/**
 * The console of whoever looks after the webhooks of an organisation.
 */
import { mayManage, OfficePage } from "@millstream/kit/shell";
import { EmptyState } from "@millstream/kit/ui";
import { WebhookConsole } from "@millstream/kit/webhooks";

export function WebhooksPage() {
  return (
    <OfficePage title="Webhooks" lead="What other systems were told, what they answered, and what waits for you.">
      {(organisation) =>
        mayManage(organisation) ? (
          <WebhookConsole organisation={organisation.id} types="booking.*" trigger="booking-event-webhook" />
        ) : (
          FOR_MANAGERS
        )
      }
    </OfficePage>
  );
}

const FOR_MANAGERS = (
  <EmptyState title="Owners and managers look after webhooks">Ask one of them what was sent.</EmptyState>
);
