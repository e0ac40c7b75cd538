import { PageHeading } from "@millstream/kit/ui";

export function BookingsPage() {
  return <PageHeading>Bookings</PageHeading>;
}
