/**
 * Who offers a service: a switch for each provider, which counts at once.
 */
import { Group, Switch } from "@mantine/core";
import { useAction, useTableRows } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import type { Tables } from "../../database.types";
import type { ProviderRow, ServiceRow } from "../../rows";
import { offerService, sayUnsaved } from "./savingRows";

interface Props {
  readonly service: ServiceRow;
  readonly providers: readonly ProviderRow[];
  readonly mayChange: boolean;
}

type Offer = Tables<"provider_services">;

export function OfferedBy({ service: { id, organisation_id }, providers, mayChange }: Props) {
  const { rows } = useTableRows<Offer>({
    table: "provider_services",
    of: { column: "service_id", id },
    keyedBy: ["provider_id", "service_id"],
  });
  const offer = useAction(
    (of, { provider, isOffered }: { readonly provider: string; readonly isOffered: boolean }) =>
      offerService(of, { organisation_id, provider_id: provider, service_id: id }, isOffered),
    { onError: (failed) => showToast({ id: "offer", kind: "problem", title: sayUnsaved(failed) }) },
  );
  const offering = new Set(rows?.map(({ provider_id }) => provider_id));
  return (
    <Switch.Group label="Offered by" value={[...offering]}>
      <Group mt="xs">
        {providers.map(({ id: provider, name }) => (
          <Switch
            key={provider}
            value={provider}
            label={name}
            disabled={!mayChange || rows === undefined || offer.isPending}
            onChange={(event) => offer.mutate({ provider, isOffered: event.currentTarget.checked })}
          />
        ))}
      </Group>
    </Switch.Group>
  );
}
