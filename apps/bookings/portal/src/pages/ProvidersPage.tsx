/**
 * Everybody who offers appointments.
 */
import { CardGrid, EmptyState, FrontPage } from "@millstream/kit/ui";
import { ProviderCard } from "../features/providers/ProviderCard";
import { useProviders } from "../features/providers/useProviders";

export function ProvidersPage() {
  const { providers, error, reload } = useProviders();
  return (
    <FrontPage
      title="Bookings"
      heading="Find a time that suits you"
      lead="Choose who, what and when. A time that you see is free at this moment, and yours alone once you hold it."
    >
      <CardGrid
        what="providers"
        rows={providers}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        height={190}
        empty={<EmptyState title="Nobody offers appointments yet">Come back soon.</EmptyState>}
      >
        {(provider) => <ProviderCard provider={provider} />}
      </CardGrid>
    </FrontPage>
  );
}
