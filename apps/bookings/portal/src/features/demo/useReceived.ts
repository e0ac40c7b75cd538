/**
 * What the demo's own receiver of webhooks got, newest first, as it comes in.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Database, Tables } from "../../database.types";

export type ReceivedRow = Tables<"received_webhooks">;

export interface UseReceived {
  readonly received: readonly ReceivedRow[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

const NEWEST = 50;

export function useReceived(organisation: string): UseReceived {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<ReceivedRow>({
    topic: `received-webhooks:${organisation}`,
    bindings: [
      { event: "INSERT", schema: "public", table: "received_webhooks", filter: `organisation_id=eq.${organisation}` },
    ],
    queryKey: ["received_webhooks", organisation],
    keyOf: (row) => String(row.id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("received_webhooks")
          .select()
          .eq("organisation_id", organisation)
          .order("id", { ascending: false })
          .limit(NEWEST)
          .abortSignal(signal),
      ),
  });
  return { received: rows?.toSorted((a, b) => b.id - a.id).slice(0, NEWEST), error, reload };
}
