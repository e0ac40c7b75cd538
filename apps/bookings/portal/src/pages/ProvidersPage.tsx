/**
 * Everybody who offers appointments.
 */
import { EmptyState, ErrorState, LoadingState } from "@millstream/kit/ui";
import { ProviderCard } from "../features/providers/ProviderCard";
import { useProviders } from "../features/providers/useProviders";
import styles from "./ProvidersPage.module.css";

export function ProvidersPage() {
  return (
    <div className={styles.page}>
      <title>Bookings</title>
      <div className={styles.heading}>
        <h1>Find a time that suits you</h1>
        <p>Choose who, what and when. A time that you see is free at this moment, and yours alone once you hold it.</p>
      </div>
      <ProviderList />
    </div>
  );
}

function ProviderList() {
  const { providers, error, reload } = useProviders();
  if (providers === undefined) {
    if (error) return <ErrorState title="The providers could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading providers" count={3} height={190} className={styles.grid} />;
  }
  if (providers.length === 0) return <EmptyState title="Nobody offers appointments yet">Come back soon.</EmptyState>;
  return (
    <ul className={styles.grid}>
      {providers.map((provider) => (
        <li key={provider.id}>
          <ProviderCard provider={provider} />
        </li>
      ))}
    </ul>
  );
}
