import { PageHeading } from "@millstream/kit/ui";

export function AnnouncementsPage() {
  return <PageHeading>Announcements</PageHeading>;
}
