/**
 * The monthly passes of a library, and whether they are paid.
 */
import { Panel } from "@millstream/kit/ui";
import { OwnerPage } from "../../features/owner/OwnerPage";
import { PassesTable } from "../../features/owner/PassesTable";

export function PassesPage() {
  return (
    <OwnerPage title="Passes" lead="Students buy them on their screen and pay at the desk, by the number of the pass.">
      {({ library }) => (
        <Panel title="Monthly passes" lead="Of today and of all days to come.">
          <PassesTable library={library} />
        </Panel>
      )}
    </OwnerPage>
  );
}
