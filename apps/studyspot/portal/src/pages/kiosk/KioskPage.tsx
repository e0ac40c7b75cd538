import { PageHeading } from "@millstream/kit/ui";

export function KioskPage() {
  return <PageHeading>Seats now</PageHeading>;
}
