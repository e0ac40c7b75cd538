/**
 * Rows of an event log as a timeline, with what stands there while they load, when there are none, when it failed.
 */
import { Loaded } from "../Loaded";
import { EmptyState } from "../states";
import { Timeline, type TimelineEntry } from "../Timeline";

interface Props<Event> {
  readonly label: string;
  readonly events: readonly Event[] | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  readonly entryOf: (event: Event) => TimelineEntry;
  /** The zone that times are said in. */
  readonly zone: string;
  /** Where the list scrolls by itself. */
  readonly maxHeight?: number;
}

export function EventTimeline<Event>({ label, events, error, reload, entryOf, zone, maxHeight }: Props<Event>) {
  return (
    <Loaded what="events" value={events} error={error} reload={reload} empty={NOTHING}>
      {(known) => (
        <Timeline
          label={label}
          entries={known.map(entryOf)}
          zone={zone}
          {...(maxHeight !== undefined && { maxHeight })}
        />
      )}
    </Loaded>
  );
}

const NOTHING = <EmptyState title="Nothing happened yet">New events appear here by themselves.</EmptyState>;
