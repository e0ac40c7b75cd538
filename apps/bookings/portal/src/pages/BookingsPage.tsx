/**
 * The bookings of an organisation as a list; what is chosen stands in the address.
 */
import { OfficePage } from "@millstream/kit/shell";
import { Panel } from "@millstream/kit/ui";
import { BookingsTable } from "../features/staff/BookingsTable";

export function BookingsPage() {
  return (
    <OfficePage title="Bookings" lead="The last two weeks and the two months to come.">
      {({ id }) => (
        <Panel title="All bookings">
          <BookingsTable organisation={id} />
        </Panel>
      )}
    </OfficePage>
  );
}
