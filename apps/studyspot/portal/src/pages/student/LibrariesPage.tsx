import { PageHeading } from "@millstream/kit/ui";

export function LibrariesPage() {
  return <PageHeading>Libraries</PageHeading>;
}
