/**
 * When a library is full: the share of its seats that is taken, by weekday and hour.
 */
import { useLiveView } from "@millstream/kit/hooks";
import { EmptyState, type HeatCell, HeatMap, Loaded, Panel } from "@millstream/kit/ui";

const NOTHING = <EmptyState title="Nobody has come yet">The first visits will colour it.</EmptyState>;

export function FullHours({ library }: { readonly library: string }) {
  const { rows, error } = useLiveView<HeatCell>({ view: "occupancy_heat_map", key: [library] });
  return (
    <Panel title="When it is full" lead="Occupied seats in percent, by weekday and hour; the last four weeks.">
      <Loaded what="map" value={rows} error={error} count={1} height={260} empty={NOTHING}>
        {(cells) => <HeatMap label="Occupancy by weekday and hour" cells={cells} />}
      </Loaded>
    </Panel>
  );
}
