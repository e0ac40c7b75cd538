/**
 * How much happened in each hour of the last day.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { BarsChart, LiveChip, Loaded, Panel } from "@millstream/kit/ui";
import { sayTime, visitorZone } from "@millstream/kit/time";

/** A row of the live view `event_volume`. */
interface Hour {
  readonly hour: string;
  readonly events: number;
  readonly confirmed: number;
  readonly cancelled: number;
}

const SERIES = [
  { name: "confirmed", label: "Confirmed", color: "teal.6" },
  { name: "cancelled", label: "Cancelled", color: "red.6" },
  { name: "other", label: "Everything else", color: "gray.5" },
];

export function EventVolume({ organisation }: { readonly organisation: string }) {
  const { rows, error } = useLiveView<Hour>({ view: "event_volume", key: [organisation] });
  return (
    <Panel title="What happened in the last day" lead="Events of bookings, by the hour." action={<LiveChip />}>
      <Loaded what="counts" value={rows} error={error} count={1} height={240}>
        {(hours) => (
          <BarsChart label="Events by the hour" points={pointsOf(hours)} over="hour" series={SERIES} stacked />
        )}
      </Loaded>
    </Panel>
  );
}

function pointsOf(hours: readonly Hour[]) {
  return hours.map(({ hour, events, confirmed, cancelled }) => ({
    hour: sayTime(hour, visitorZone()),
    confirmed,
    cancelled,
    other: events - confirmed - cancelled,
  }));
}
