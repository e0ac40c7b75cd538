/**
 * Who is connected, and to which rooms.
 */
import { AdminPage } from "../../features/admin/AdminPage";
import { Connections } from "../../features/admin/Connections";

export function ConnectionsPage() {
  return (
    <AdminPage title="Connections" lead="Socket.IO connections of this server and the rooms that they are in.">
      <Connections />
    </AdminPage>
  );
}
