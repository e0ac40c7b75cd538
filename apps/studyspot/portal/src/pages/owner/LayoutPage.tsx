import { PageHeading } from "@millstream/kit/ui";

export function LayoutPage() {
  return <PageHeading>Seats and layout</PageHeading>;
}
