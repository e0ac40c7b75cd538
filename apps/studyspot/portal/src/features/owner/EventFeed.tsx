/**
 * What happens at a library, in the moment it is committed.
 */
import { database, unwrap } from "@millstream/kit/client";
import { useLiveRows, useProject } from "@millstream/kit/hooks";
import { EmptyState, Loaded, Panel, Timeline } from "@millstream/kit/ui";
import type { Database } from "../../database.types";
import { BOOKING_EVENT_COLUMNS, type BookingEventRow, type LibraryRow } from "../../rows";
import { useLibraryRows } from "../useLibraryRows";
import { entryOf } from "./eventEntries";

const SHOWN = 30;

export function EventFeed({ library }: { readonly library: LibraryRow }) {
  const { events, error, reload } = useLibraryEvents(library.id);
  const { rows: seats } = useLibraryRows("seats", library.id);
  const labelOf = (id: string): string | undefined => seats?.find((seat) => seat.id === id)?.label;
  return (
    <Panel title="Live events" lead="Every step of every booking here.">
      <Loaded what="events" value={events} error={error} reload={reload} empty={NOTHING}>
        {(shown) => (
          <Timeline
            label="Live events"
            entries={shown.map((event) => entryOf(event, labelOf(event.seat_id)))}
            zone={library.timezone}
            maxHeight={560}
          />
        )}
      </Loaded>
    </Panel>
  );
}

const NOTHING = <EmptyState title="Nothing yet">The first booking will stand here.</EmptyState>;

function useLibraryEvents(library: string) {
  const { client } = useProject();
  const { rows, error, reload } = useLiveRows<BookingEventRow>({
    topic: `library-events:${library}`,
    bindings: [{ event: "INSERT", schema: "public", table: "booking_events", filter: `library_id=eq.${library}` }],
    queryKey: ["booking_events", "library", library],
    keyOf: ({ id }) => String(id),
    fetch: async (signal) =>
      unwrap(
        await database<Database>(client)
          .from("booking_events")
          .select(BOOKING_EVENT_COLUMNS)
          .eq("library_id", library)
          .order("created_at", { ascending: false })
          .limit(SHOWN)
          .abortSignal(signal),
      ),
  });
  const newest = rows?.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)).slice(0, SHOWN);
  return { events: newest, error, reload };
}
