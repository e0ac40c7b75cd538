/**
 * What the library costs, and what it cost before.
 */
import { OwnerPage } from "../../features/owner/OwnerPage";
import styles from "../../features/owner/OwnerPage.module.css";
import { PriceHistory } from "../../features/prices/PriceHistory";
import { Prices } from "../../features/prices/Prices";

export function PricesPage() {
  return (
    <OwnerPage title="Prices" lead="A change stands on every student's screen at once.">
      {({ library, mayManage }) => (
        <div className={styles.columns}>
          <Prices key={library.id} library={library} mayChange={mayManage} />
          <PriceHistory library={library} />
        </div>
      )}
    </OwnerPage>
  );
}
