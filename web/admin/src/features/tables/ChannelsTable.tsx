/**
 * The topics that somebody has joined.
 */
import type { JoinedTopic, Part } from "../admin/answers";
import { useAdmin } from "../admin/useAdmin";
import { type Column, DataTable } from "./DataTable";
import { Mark } from "./Marks";
import { SearchField } from "./SearchField";
import { useSearch } from "./useSearch";
import { count } from "./words";

const COLUMNS: readonly Column<JoinedTopic>[] = [
  { name: "Topic", of: ({ topic }) => topic },
  { name: "Kind", of: (each) => <Mark>{each.private ? "private" : "public"}</Mark> },
  { name: "Channels", of: ({ channels }) => count(channels), isNumber: true },
  { name: "Subscriptions", of: ({ subscriptions }) => count(subscriptions), isNumber: true },
  { name: "Present", of: ({ presences }) => count(presences), isNumber: true },
];

export function ChannelsTable() {
  const { typed, setTyped, query } = useSearch();
  const answer = useAdmin<Part<JoinedTopic>>(`channels${query}`);
  return (
    <DataTable
      caption="Channels"
      answer={answer}
      columns={COLUMNS}
      keyOf={(each) => `${each.private ? "private" : "public"} ${each.topic}`}
      empty="Nobody has joined a channel."
    >
      <SearchField label="Search topics" value={typed} onChange={setTyped} />
    </DataTable>
  );
}
