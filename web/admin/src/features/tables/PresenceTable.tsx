/**
 * Who is present where, by key; what they tell of themselves is not shown.
 */
import type { Part, PresentKey } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { Mark } from "./Marks";
import { SearchField } from "./SearchField";
import { useSearch } from "./useSearch";
import { count } from "./words";

const COLUMNS: readonly Column<PresentKey>[] = [
  { name: "Topic", of: ({ topic }) => topic },
  { name: "Kind", of: (each) => <Mark>{each.private ? "private" : "public"}</Mark> },
  { name: "Key", of: ({ key }) => key },
  { name: "Connections", of: ({ connections }) => count(connections), isNumber: true },
];

export function PresenceTable() {
  const { typed, setTyped, query } = useSearch();
  const answer = useAdmin<Part<PresentKey>>(`presence${query}`);
  return (
    <DataTable
      caption="Presence"
      answer={answer}
      columns={COLUMNS}
      keyOf={(each) => `${each.private ? "private" : "public"} ${each.topic} ${each.key}`}
      empty="Nobody is present anywhere."
    >
      <SearchField label="Search presence" value={typed} onChange={setTyped} />
    </DataTable>
  );
}
