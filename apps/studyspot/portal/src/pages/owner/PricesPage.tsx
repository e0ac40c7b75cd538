/**
 * What the library costs, and what it cost before.
 */
import { Columns } from "@millstream/kit/ui";
import { OwnerPage } from "../../features/owner/OwnerPage";
import { LibraryPriceHistory } from "../../features/prices/LibraryPriceHistory";
import { Prices } from "../../features/prices/Prices";

export function PricesPage() {
  return (
    <OwnerPage title="Prices" lead="A change stands on every student's screen at once.">
      {({ library, mayManage }) => (
        <Columns>
          <Prices library={library} mayChange={mayManage} />
          <LibraryPriceHistory library={library} />
        </Columns>
      )}
    </OwnerPage>
  );
}
