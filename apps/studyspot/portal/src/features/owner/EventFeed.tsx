/**
 * What happens at a library, in the moment it is committed.
 */
import { useTableRows } from "@millstream/kit/hooks";
import { EventTimeline, Panel } from "@millstream/kit/ui";
import { BOOKING_EVENT_COLUMNS, type BookingEventRow, type LibraryRow } from "../../rows";
import { useLibraryRows } from "../useLibraryRows";
import { entryOf } from "./eventEntries";

const SHOWN = 30;

export function EventFeed({ library }: { readonly library: LibraryRow }) {
  const { rows, error, reload } = useTableRows<BookingEventRow>({
    table: "booking_events",
    of: { column: "library_id", id: library.id },
    select: BOOKING_EVENT_COLUMNS,
    newest: SHOWN,
  });
  const { rows: seats } = useLibraryRows("seats", library.id);
  const labelOf = (id: string): string | undefined => seats?.find((seat) => seat.id === id)?.label;
  return (
    <Panel title="Live events" lead="Every step of every booking here.">
      <EventTimeline
        label="Live events"
        events={rows}
        error={error}
        reload={reload}
        entryOf={(event) => entryOf(event, labelOf(event.seat_id))}
        zone={library.timezone}
        maxHeight={560}
      />
    </Panel>
  );
}
