import { PageHeading } from "@millstream/kit/ui";

export function HealthPage() {
  return <PageHeading>Health</PageHeading>;
}
