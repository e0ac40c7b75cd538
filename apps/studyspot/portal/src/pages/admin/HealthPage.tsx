/**
 * Whether the server is well.
 */
import { AdminPage } from "../../features/admin/AdminPage";
import { Health } from "../../features/admin/Health";

export function HealthPage() {
  return (
    <AdminPage title="Health" lead="What the server says of itself; the same for machines at /health.">
      <Health />
    </AdminPage>
  );
}
