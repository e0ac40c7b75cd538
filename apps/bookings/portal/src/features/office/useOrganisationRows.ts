/**
 * Rows of one of an organisation's own tables, kept equal to the database: what a colleague changes is seen at once.
 */
import { unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import type { Tables } from "../../database.types";

type Name = "services" | "clients" | "working_hours" | "schedule_exceptions";

export interface UseOrganisationRows<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
}

export function useOrganisationRows<Table extends Name>(
  table: Table,
  organisation: string,
): UseOrganisationRows<Tables<Table>> {
  const { client } = useProject();
  return useLiveRows<Tables<Table>>({
    topic: `office-${table}:${organisation}`,
    bindings: [{ event: "*", schema: "public", table, filter: `organisation_id=eq.${organisation}` }],
    queryKey: [table, "office", organisation],
    keyOf: (row) => String((row as { readonly id?: string }).id),
    fetch: async (signal) =>
      unwrap<Tables<Table>[]>(
        await client.supabase.from(table).select().eq("organisation_id", organisation).abortSignal(signal),
      ),
  });
}
