/**
 * Everybody who can be booked, and one of them by the name in the address; kept equal to the database.
 */
import { useTableRows } from "@millstream/kit/hooks";
import { PROVIDER_COLUMNS, type ProviderRow } from "../../rows";

export interface UseProviders {
  readonly providers: readonly ProviderRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useProviders(): UseProviders {
  const { rows, error, reload } = useTableRows<ProviderRow>({ table: "providers", select: PROVIDER_COLUMNS });
  return { providers: rows && bookable(rows), error, reload };
}

/** Those of an organisation. */
export function useOwnProviders(organisation: string): UseProviders {
  const { providers, ...state } = useProviders();
  return { ...state, providers: providers?.filter(({ organisation_id }) => organisation_id === organisation) };
}

/** Return who can be booked, by name. Pure. */
export function bookable(providers: readonly ProviderRow[]): readonly ProviderRow[] {
  return providers.filter(({ active }) => active).toSorted((a, b) => a.name.localeCompare(b.name));
}

export interface UseProvider {
  /** Undefined while loading, null when nobody has this name. */
  readonly provider: ProviderRow | null | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useProvider(slug: string): UseProvider {
  const { providers, error, reload } = useProviders();
  return { provider: providers && (providers.find((one) => one.slug === slug) ?? null), error, reload };
}
