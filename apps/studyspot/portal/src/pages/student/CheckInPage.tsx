import { PageHeading } from "@millstream/kit/ui";

export function CheckInPage() {
  return <PageHeading>Check in</PageHeading>;
}
