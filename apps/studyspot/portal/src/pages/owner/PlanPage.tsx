/**
 * The floor plan of a library in this moment.
 */
import { LivePlan } from "../../features/owner/LivePlan";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function PlanPage() {
  return (
    <OwnerPage title="Floor plan" lead="Seats change here in the moment in which somebody takes them.">
      {({ library }) => <LivePlan key={library.id} library={library} />}
    </OwnerPage>
  );
}
