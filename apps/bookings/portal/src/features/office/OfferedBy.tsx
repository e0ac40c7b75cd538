/**
 * Who offers a service: a switch for each provider, which counts at once.
 */
import { Group, Switch } from "@mantine/core";
import { unwrap } from "@millstream/kit/client";
import { useAction, useLiveRows, useProject } from "@millstream/kit/hooks";
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
  const { client } = useProject();
  const { rows } = useLiveRows<Offer>({
    topic: `service-providers:${id}`,
    bindings: [{ event: "*", schema: "public", table: "provider_services", filter: `service_id=eq.${id}` }],
    queryKey: ["provider_services", "service", id],
    keyOf: (offer) => `${String(offer.provider_id)} ${String(offer.service_id)}`,
    fetch: async (signal) =>
      unwrap<Offer[]>(
        await client.supabase.from("provider_services").select().eq("service_id", id).abortSignal(signal),
      ),
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
