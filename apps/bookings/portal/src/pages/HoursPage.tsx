/**
 * When the providers of an organisation work; whose week it is stands in the address.
 */
import { Select } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { OfficePage } from "@millstream/kit/shell";
import { EmptyState, Loaded } from "@millstream/kit/ui";
import { Exceptions } from "../features/office/Exceptions";
import { useOrganisationRows } from "../features/office/useOrganisationRows";
import { WeekOfHours } from "../features/office/WeekOfHours";
import { useOwnProviders } from "../features/providers/useProviders";
import type { ProviderRow } from "../rows";

export function HoursPage() {
  return (
    <OfficePage
      title="Working hours"
      lead="Who can be booked when. What changes here changes the free times in the same moment."
    >
      {({ id }) => <HoursOf organisation={id} />}
    </OfficePage>
  );
}

function HoursOf({ organisation }: { readonly organisation: string }) {
  const { providers, error, reload } = useOwnProviders(organisation);
  return (
    <Loaded what="providers" value={providers} error={error} reload={reload} count={1} height={60} empty={NOBODY}>
      {(known) => <ChosenProvider providers={known} />}
    </Loaded>
  );
}

const NOBODY = <EmptyState title="Nobody can be booked yet">Add a provider first.</EmptyState>;

function ChosenProvider({ providers }: { readonly providers: readonly ProviderRow[] }) {
  const { params, change } = useSearchParams();
  const provider = providers.find(({ slug }) => slug === params.provider) ?? providers[0];
  if (!provider) return null;
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
  const known = hours.rows && exceptions.rows && { hours: hours.rows, exceptions: exceptions.rows };
  const isTheirs = ({ provider_id }: { readonly provider_id: string }): boolean => provider_id === provider.id;
  return (
    <Loaded
      what="hours"
      value={known}
      error={hours.error ?? exceptions.error}
      reload={hours.reload}
      count={3}
      height={160}
    >
      {(all) => (
        <>
          <WeekOfHours provider={provider} hours={all.hours.filter(isTheirs)} />
          <Exceptions provider={provider} exceptions={all.exceptions.filter(isTheirs)} />
        </>
      )}
    </Loaded>
  );
}
