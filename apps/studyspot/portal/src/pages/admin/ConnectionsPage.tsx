import { PageHeading } from "@millstream/kit/ui";

export function ConnectionsPage() {
  return <PageHeading>Connections and rooms</PageHeading>;
}
