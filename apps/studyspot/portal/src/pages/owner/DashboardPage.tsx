import { PageHeading } from "@millstream/kit/ui";

export function DashboardPage() {
  return <PageHeading>Dashboard</PageHeading>;
}
