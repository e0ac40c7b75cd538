import { PageHeading } from "@millstream/kit/ui";

export function BookingPage() {
  return <PageHeading>Booking</PageHeading>;
}
