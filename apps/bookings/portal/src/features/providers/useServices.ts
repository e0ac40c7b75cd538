/**
 * What a provider offers, kept equal to the database: a changed price is seen by whoever looks at it.
 */
import { useTableRows } from "@millstream/kit/hooks";
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

export function useServices({ id, organisation_id }: ProviderRow): UseServices {
  const services = useTableRows<ServiceRow>({
    table: "services",
    of: { column: "organisation_id", id: organisation_id },
  });
  const offers = useTableRows<Offer>({
    table: "provider_services",
    of: { column: "provider_id", id },
    select: "service_id, provider_id",
    keyedBy: ["provider_id", "service_id"],
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
