/**
 * The rows of one table that are those of whoever is signed in, kept equal to the database.
 */
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject, useSession } from "@millstream/kit/hooks";
import type { Tables } from "../database.types";

export interface OwnRows<Row> {
  /** Undefined until they are known; those of nobody are none. */
  readonly rows: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

const SHOWN = 200;

export function useOwnRows<Name extends "bookings" | "passes" | "seat_alerts">(table: Name): OwnRows<Tables<Name>> {
  const { client } = useProject();
  const { user, isLoading } = useSession();
  const owner = user?.id ?? "nobody";
  const { rows, error, reload } = useLiveRows<Tables<Name>>({
    enabled: user !== null,
    topic: `own-${table}:${owner}`,
    bindings: [{ event: "*", schema: "public", table, filter: `user_id=eq.${owner}` }],
    queryKey: [table, "own", owner],
    keyOf: (row: { readonly id?: string }) => String(row.id),
    fetch: async (signal) => {
      const own = client.supabase.from(table).select().eq("user_id", owner);
      const newest = own.order("created_at", { ascending: false }).limit(SHOWN).abortSignal(signal);
      return unwrap(await newest.overrideTypes<Tables<Name>[], { merge: false }>());
    },
  });
  return { rows: user === null && !isLoading ? [] : rows, error, reload };
}
