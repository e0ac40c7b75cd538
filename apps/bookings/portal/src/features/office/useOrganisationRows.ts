/**
 * Rows of one of an organisation's own tables, kept equal to the database: what a colleague changes is seen at once.
 */
import { type LiveRowsResult, useTableRows } from "@millstream/kit/hooks";
import type { Tables } from "../../database.types";

type Name = "services" | "clients" | "working_hours" | "schedule_exceptions";

export function useOrganisationRows<Table extends Name>(
  table: Table,
  organisation: string,
): LiveRowsResult<Tables<Table>> {
  return useTableRows<Tables<Table>>({ table, of: { column: "organisation_id", id: organisation } });
}
