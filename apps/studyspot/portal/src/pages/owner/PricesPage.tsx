import { PageHeading } from "@millstream/kit/ui";

export function PricesPage() {
  return <PageHeading>Prices</PageHeading>;
}
