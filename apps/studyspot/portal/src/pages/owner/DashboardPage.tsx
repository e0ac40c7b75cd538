/**
 * How a library stands in this moment.
 */
import { EventFeed } from "../../features/owner/EventFeed";
import { Figures } from "../../features/owner/Figures";
import { FullHours } from "../../features/owner/FullHours";
import { OwnerPage } from "../../features/owner/OwnerPage";
import styles from "../../features/owner/OwnerPage.module.css";

export function DashboardPage() {
  return (
    <OwnerPage title="Dashboard" lead="What you see is now; nothing needs to be reloaded.">
      {({ library }) => (
        <>
          <Figures library={library.id} />
          <div className={styles.columns}>
            <FullHours library={library.id} />
            <EventFeed library={library} />
          </div>
        </>
      )}
    </OwnerPage>
  );
}
