/**
 * What a provider offers, kept equal to the database: a changed price is seen by whoever looks at it.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database } from "../../database.types";
import type { ProviderRow, ServiceRow } from "../../rows";

export interface UseServices {
  readonly services: readonly ServiceRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

interface Offer {
  readonly service_id: string;
  readonly provider_id: string;
}

export function useServices({ id, organisation_id: organisation }: ProviderRow): UseServices {
  const { client } = useProject();
  const tables = database<Database>(client);
  const services = useLiveRows<ServiceRow>({
    topic: `services:${organisation}`,
    bindings: [{ event: "*", schema: "public", table: "services", filter: `organisation_id=eq.${organisation}` }],
    queryKey: ["services", organisation],
    keyOf: (service) => String(service.id),
    fetch: async (signal) =>
      unwrap(await tables.from("services").select().eq("organisation_id", organisation).abortSignal(signal)),
  });
  const offers = useLiveRows<Offer>({
    topic: `provider-services:${id}`,
    bindings: [{ event: "*", schema: "public", table: "provider_services", filter: `provider_id=eq.${id}` }],
    queryKey: ["provider_services", id],
    keyOf: (offer) => `${String(offer.provider_id)} ${String(offer.service_id)}`,
    fetch: async (signal) =>
      unwrap(
        await tables
          .from("provider_services")
          .select("service_id, provider_id")
          .eq("provider_id", id)
          .abortSignal(signal),
      ),
  });
  const reload = (): void => {
    services.reload();
    offers.reload();
  };
  return {
    services: services.rows && offers.rows && offered(services.rows, offers.rows),
    error: services.error ?? offers.error,
    reload,
  };
}

/** Return the services that are offered now, in the order that the provider gave them. Pure. */
export function offered(services: readonly ServiceRow[], offers: readonly Offer[]): readonly ServiceRow[] {
  const ids = new Set(offers.map((offer) => offer.service_id));
  return services
    .filter((service) => service.active && ids.has(service.id))
    .toSorted((a, b) => a.sort_order - b.sort_order || a.name.localeCompare(b.name));
}
