/**
 * The libraries of the platform: which of them students see.
 */
import { AdminPage } from "../../features/admin/AdminPage";
import { LibrariesTable } from "../../features/admin/LibrariesTable";
import { PlatformFigures } from "../../features/admin/PlatformFigures";
import { Panel } from "@millstream/kit/ui";

export function ApprovalPage() {
  return (
    <AdminPage title="Libraries" lead="What you approve appears on every student's screen at once.">
      <PlatformFigures />
      <Panel title="All libraries">
        <LibrariesTable />
      </Panel>
    </AdminPage>
  );
}
