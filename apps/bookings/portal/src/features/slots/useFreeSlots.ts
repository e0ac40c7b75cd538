/**
 * The free times of a service in some days, asked anew whenever something changes in the provider's calendar.
 *
 * Free times are computed by the server from what is claimed. `slot_changes` has one row a provider and day, without
 * any person in it: a change of it is the sign to ask again.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useProject, useRefetchOnChange } from "@millstream/kit/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Database } from "../../database.types";

export interface FreeSlot {
  readonly provider: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface SlotQuestion {
  readonly service: string | null;
  readonly provider: string;
  /** Days at the provider's place, `2026-03-29`. */
  readonly firstDay: string;
  readonly lastDay: string;
}

export interface UseFreeSlots {
  readonly slots: readonly FreeSlot[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

/** What is past by now is free no more, though nothing changed. */
const MINUTE_MS = 60_000;

export function useFreeSlots({ service, provider, firstDay, lastDay }: SlotQuestion): UseFreeSlots {
  const { client } = useProject();
  const query = useQuery({
    queryKey: ["free_slots", provider, service, firstDay, lastDay],
    enabled: service !== null,
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE_MS,
    queryFn: async ({ signal }): Promise<FreeSlot[]> => {
      const asked = { service: service ?? "", provider, first_day: firstDay, last_day: lastDay };
      const rows = unwrap(await database<Database>(client).rpc("free_slots", asked).abortSignal(signal));
      return rows.map((row) => ({ provider: row.provider_id, startsAt: row.starts_at, endsAt: row.ends_at }));
    },
  });
  const bindings = [
    { event: "*", schema: "public", table: "slot_changes", filter: `provider_id=eq.${provider}` },
  ] as const;
  useRefetchOnChange(`slot-changes:${provider}`, bindings, ["free_slots", provider]);
  return { slots: query.data, error: query.error, reload: () => void query.refetch() };
}
