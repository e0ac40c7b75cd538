/**
 * The seats that a visitor waits for, each with the way to wait no longer; nothing where there are none.
 */
import { Button } from "@mantine/core";
import { Item, ItemList, Panel } from "@millstream/kit/ui";
import { sayRange, visitorZone } from "@millstream/kit/time";
import type { SeatAlertRow } from "../../rows";
import { useLibrary } from "../libraries/useLibraries";
import { useAlerts } from "./useAlerts";

export function AlertList() {
  const { alerts, cancel } = useAlerts(visitorZone());
  if (alerts.length === 0) return null;
  return (
    <Panel title="You wait for a seat" lead="You are told as soon as one is free.">
      <ItemList>
        {alerts.map((alert) => (
          <Waiting key={alert.id} alert={alert} onCancel={() => cancel(alert.id)} />
        ))}
      </ItemList>
    </Panel>
  );
}

function Waiting({ alert, onCancel }: { readonly alert: SeatAlertRow; readonly onCancel: () => void }) {
  const { library } = useLibrary(alert.library_id);
  const when = sayRange(alert.start_time, alert.end_time, library?.timezone ?? visitorZone());
  const stop = (
    <Button size="compact-md" variant="default" onClick={onCancel}>
      Stop waiting
    </Button>
  );
  return <Item title={<strong>{library?.name}</strong>} details={[when]} action={stop} />;
}
