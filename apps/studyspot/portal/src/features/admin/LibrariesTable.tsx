/**
 * All libraries of the platform, and what administrators do with them.
 */
import { ApprovalTable, type DataColumn } from "@millstream/kit/ui";
import type { LibraryRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";

const COLUMNS: readonly DataColumn<LibraryRow>[] = [
  { id: "city", header: "City", value: ({ city }) => city, wideOnly: true },
  {
    id: "rating",
    header: "Rating",
    value: ({ rating_average }) => rating_average,
    cell: ({ rating_average: average, rating_count: count }) =>
      average === null ? "none yet" : `${average} of 5 (${count})`,
    wideOnly: true,
  },
];

export function LibrariesTable() {
  return (
    <ApprovalTable<LibraryRow>
      label="Libraries"
      table="libraries"
      column="library_id"
      columns={COLUMNS}
      empty="Owners add libraries; they wait here for approval."
      sayApproved={({ name }) => `Students see ${name} now.`}
      whenSuspended="It disappears from every student's screen at once. Bookings stay, and it can be approved again."
      onRefused={tellRefusal("approval")}
    />
  );
}
