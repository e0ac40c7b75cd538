import { PageHeading } from "@millstream/kit/ui";

export function BookingsPage() {
  return <PageHeading>Your bookings</PageHeading>;
}
