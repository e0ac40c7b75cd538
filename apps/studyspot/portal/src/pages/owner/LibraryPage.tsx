/**
 * What a library is, when it is open, and by which rules its seats are booked.
 */
import { ClosedDays } from "../../features/owner/ClosedDays";
import { LibraryDetails } from "../../features/owner/LibraryDetails";
import { OpeningHours } from "../../features/owner/OpeningHours";
import { OwnerPage } from "../../features/owner/OwnerPage";
import styles from "../../features/owner/OwnerPage.module.css";

export function LibraryPage() {
  return (
    <OwnerPage title="Library" lead="What students read, when you are open, and the rules of booking.">
      {({ library, mayManage }) => (
        <div key={library.id} className={styles.halves}>
          <LibraryDetails library={library} mayChange={mayManage} />
          <div className={styles.form}>
            <OpeningHours library={library} mayChange={mayManage} />
            <ClosedDays library={library} mayChange={mayManage} />
          </div>
        </div>
      )}
    </OwnerPage>
  );
}
