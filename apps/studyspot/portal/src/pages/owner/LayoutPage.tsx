/**
 * Where the seats of a library stand, zone by zone.
 */
import { SegmentedControl } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { EmptyState, Loaded } from "@millstream/kit/ui";
import { NewZone } from "../../features/layout/NewZone";
import { ZoneLayout } from "../../features/layout/ZoneLayout";
import { OwnerPage, type Shown } from "../../features/owner/OwnerPage";
import { usePlan } from "../../features/plan/usePlan";
import { useLibraryRows } from "../../features/useLibraryRows";

export function LayoutPage() {
  return (
    <OwnerPage title="Seats and layout" lead="Drag seats where they stand; say what each has.">
      {(shown) => (shown.mayManage ? <Layout key={shown.library.id} {...shown} /> : FOR_MANAGERS)}
    </OwnerPage>
  );
}

const FOR_MANAGERS = <EmptyState title="Owners and managers change the plan">You see it under Floor plan.</EmptyState>;

function Layout({ library }: Shown) {
  const { params, change } = useSearchParams();
  const { zones, error, reload } = usePlan(library.id);
  const { rows: seats } = useLibraryRows("seats", library.id);
  const plan = zones && seats && { zones, seats };
  const add = <NewZone library={library} onAdded={(zone) => change({ zone })} />;
  return (
    <>
      <Loaded what="plan" value={plan} error={error} reload={reload} count={1} height={480}>
        {({ zones, seats }) => {
          const zone = zones.find(({ id }) => id === params.zone) ?? zones[0];
          if (!zone) return <EmptyState title="No zone yet">Add the first: a hall, a room, a floor.</EmptyState>;
          return (
            <>
              <SegmentedControl
                aria-label="Zone"
                data={zones.map(({ id, name }) => ({ value: id, label: name }))}
                value={zone.id}
                onChange={(id) => change({ zone: id })}
              />
              <ZoneLayout
                key={zone.id}
                library={library}
                zone={zone}
                seats={seats.filter(({ zone_id }) => zone_id === zone.id)}
              />
            </>
          );
        }}
      </Loaded>
      {add}
    </>
  );
}
