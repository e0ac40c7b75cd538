/**
 * How many channels follow the changes of which table.
 */
import type { Listeners, Part } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { count } from "./words";

const COLUMNS: readonly Column<Listeners>[] = [
  { name: "Table", of: ({ schema, table }) => `${schema}.${table}` },
  { name: "Subscriptions", of: ({ subscriptions }) => count(subscriptions), isNumber: true },
  { name: "With a filter", of: ({ filtered }) => count(filtered), isNumber: true },
  { name: "Groups told alike", of: ({ cohorts }) => count(cohorts), isNumber: true },
];

export function SubscriptionsTable() {
  return (
    <DataTable
      caption="Subscriptions"
      answer={useAdmin<Part<Listeners>>("subscriptions")}
      columns={COLUMNS}
      keyOf={({ schema, table }) => `${schema}.${table}`}
      empty="Nobody follows changes."
    />
  );
}
