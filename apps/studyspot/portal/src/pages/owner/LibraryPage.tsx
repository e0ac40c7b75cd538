import { PageHeading } from "@millstream/kit/ui";

export function LibraryPage() {
  return <PageHeading>Library</PageHeading>;
}
