import { PageHeading } from "@millstream/kit/ui";

export function StaffPage() {
  return <PageHeading>Staff</PageHeading>;
}
