/**
 * Who is connected, and to which rooms.
 */
import { RoomsMonitor } from "@millstream/kit/ui";
import { AdminPage } from "../../features/admin/AdminPage";

export function ConnectionsPage() {
  return (
    <AdminPage title="Connections" lead="Socket.IO connections of this server and the rooms that they are in.">
      <RoomsMonitor path="api/v1/test/rooms" />
    </AdminPage>
  );
}
