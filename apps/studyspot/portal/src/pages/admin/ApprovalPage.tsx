/**
 * The libraries of the platform: which of them students see.
 */
import { AdministratorPage } from "@millstream/kit/shell";
import { Panel } from "@millstream/kit/ui";
import { LibrariesTable } from "../../features/admin/LibrariesTable";
import { PlatformFigures } from "../../features/admin/PlatformFigures";

export function ApprovalPage() {
  return (
    <AdministratorPage title="Libraries" lead="What you approve appears on every student's screen at once.">
      <PlatformFigures />
      <Panel title="All libraries">
        <LibrariesTable />
      </Panel>
    </AdministratorPage>
  );
}
