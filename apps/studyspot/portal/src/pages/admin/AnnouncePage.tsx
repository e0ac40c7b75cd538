import { PageHeading } from "@millstream/kit/ui";

export function AnnouncePage() {
  return <PageHeading>Announce</PageHeading>;
}
