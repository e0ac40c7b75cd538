/**
 * How much happened in each hour of the last day.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { BarsChart, ErrorState, LiveChip, LoadingState, Panel } from "@millstream/kit/ui";
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
      {rows && <BarsChart label="Events by the hour" points={pointsOf(rows)} over="hour" series={SERIES} stacked />}
      {!rows && error && (
        <ErrorState title="The events could not be counted" error={error} onRetry={() => location.reload()} />
      )}
      {!rows && !error && <LoadingState label="Counting events" count={1} height={240} />}
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
