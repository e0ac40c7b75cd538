import { PageHeading } from "@millstream/kit/ui";

export function ApprovalPage() {
  return <PageHeading>Libraries</PageHeading>;
}
