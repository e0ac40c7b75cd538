import { PageHeading } from "@millstream/kit/ui";

export function NotificationsPage() {
  return <PageHeading>Notifications</PageHeading>;
}
