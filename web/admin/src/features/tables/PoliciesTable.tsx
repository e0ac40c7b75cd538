/**
 * For each followed table and role: how it is decided who sees a change, and why it takes that way.
 */
import type { Part, TableWay } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { Mark } from "./Marks";

const COLUMNS: readonly Column<TableWay>[] = [
  { name: "Table", of: ({ table }) => table },
  { name: "Role", of: ({ role }) => <Mark>{role}</Mark> },
  { name: "Way", of: ({ way }) => way },
  { name: "Why", of: ({ why }) => why },
  { name: "Deletes", of: ({ judges_deletes }) => (judges_deletes ? "told" : "told to nobody whom a policy limits") },
];

export function PoliciesTable() {
  return (
    <DataTable
      caption="Policies"
      answer={useAdmin<Part<TableWay>>("policies")}
      columns={COLUMNS}
      keyOf={({ table, role }) => `${table} ${role}`}
      empty="No table is followed: add one to the publication."
    />
  );
}
