/**
 * When the providers of an organisation work; whose week it is stands in the address.
 */
import { Select } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading } from "@millstream/kit/ui";
import { Exceptions } from "../features/office/Exceptions";
import { useOrganisationRows } from "../features/office/useOrganisationRows";
import { WeekOfHours } from "../features/office/WeekOfHours";
import { useProviders } from "../features/providers/useProviders";
import { OrganisationGate } from "../features/staff/OrganisationGate";
import type { ProviderRow } from "../rows";
import styles from "./CalendarPage.module.css";

export function HoursPage() {
  return (
    <div className={styles.page}>
      <PageHeading lead="Who can be booked when. What changes here changes the free times in the same moment.">
        Working hours
      </PageHeading>
      <OrganisationGate>{({ id }) => <HoursOf key={id} organisation={id} />}</OrganisationGate>
    </div>
  );
}

function HoursOf({ organisation }: { readonly organisation: string }) {
  const { providers, error, reload } = useProviders();
  if (!providers) {
    if (error) return <ErrorState title="The providers could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading the providers" count={1} height={60} />;
  }
  return <ChosenProvider providers={providers.filter(({ organisation_id }) => organisation_id === organisation)} />;
}

function ChosenProvider({ providers }: { readonly providers: readonly ProviderRow[] }) {
  const { params, change } = useSearchParams();
  const provider = providers.find(({ slug }) => slug === params.provider) ?? providers[0];
  if (!provider) return <EmptyState title="Nobody can be booked yet">Add a provider first.</EmptyState>;
  return (
    <>
      <Select
        label="Provider"
        data={providers.map(({ slug, name }) => ({ value: slug, label: name }))}
        value={provider.slug}
        allowDeselect={false}
        onChange={(slug) => slug !== null && change({ provider: slug })}
        maw={320}
      />
      <Hours provider={provider} />
    </>
  );
}

function Hours({ provider }: { readonly provider: ProviderRow }) {
  const hours = useOrganisationRows("working_hours", provider.organisation_id);
  const exceptions = useOrganisationRows("schedule_exceptions", provider.organisation_id);
  if (!hours.rows || !exceptions.rows) {
    const error = hours.error ?? exceptions.error;
    if (error) return <ErrorState title="The hours could not be loaded" error={error} onRetry={hours.reload} />;
    return <LoadingState label="Loading the hours" count={3} height={160} />;
  }
  const isTheirs = ({ provider_id }: { readonly provider_id: string }): boolean => provider_id === provider.id;
  return (
    <>
      <WeekOfHours provider={provider} hours={hours.rows.filter(isTheirs)} />
      <Exceptions provider={provider} exceptions={exceptions.rows.filter(isTheirs)} />
    </>
  );
}
