/**
 * The console of whoever looks after the webhooks of an organisation.
 */
import { OfficePage } from "@millstream/kit/shell";
import { WebhookConsole } from "@millstream/kit/webhooks";

export function WebhooksPage() {
  return (
    <OfficePage title="Webhooks" lead="What other systems were told, what they answered, and what waits for you.">
      {({ id }) => <WebhookConsole organisation={id} types="booking.*" trigger="booking-event-webhook" />}
    </OfficePage>
  );
}
