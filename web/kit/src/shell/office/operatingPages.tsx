/**
 * Pages that every platform's administrators have: who is connected to which rooms, and whether the server is well.
 */
import { RoomsMonitor, ServerHealth } from "../../ui";
import { AdministratorPage } from "./AdministratorPage";

/** By the routes of `kit.room_trials`, which the application mounts below `api`. */
export function ConnectionsPage() {
  return (
    <AdministratorPage title="Connections" lead="Socket.IO connections of this server and the rooms that they are in.">
      <RoomsMonitor path="api/v1/test/rooms" />
    </AdministratorPage>
  );
}

export function HealthPage() {
  return (
    <AdministratorPage title="Health" lead="What the server says of itself; the same for machines at /health.">
      <ServerHealth />
    </AdministratorPage>
  );
}
