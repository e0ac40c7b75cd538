/**
 * Whether the server is well.
 */
import { ServerHealth } from "@millstream/kit/ui";
import { AdminPage } from "../../features/admin/AdminPage";

export function HealthPage() {
  return (
    <AdminPage title="Health" lead="What the server says of itself; the same for machines at /health.">
      <ServerHealth />
    </AdminPage>
  );
}
