import { PageHeading } from "@millstream/kit/ui";

export function PlanPage() {
  return <PageHeading>Floor plan</PageHeading>;
}
