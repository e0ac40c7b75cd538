/**
 * What an organisation offers.
 */
import { OfficePage } from "@millstream/kit/shell";
import { ServicesTable } from "../features/office/ServicesTable";

export function ServicesPage() {
  return (
    <OfficePage title="Services" lead="What people can book with you, for how long and for how much.">
      {(organisation) => <ServicesTable organisation={organisation} />}
    </OfficePage>
  );
}
