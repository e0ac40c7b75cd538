/**
 * What a library tells those who study there.
 */
import { AnnounceForm } from "../../features/announcements/AnnounceForm";
import { Announcements } from "../../features/announcements/Announcements";
import { OwnerPage } from "../../features/owner/OwnerPage";
import styles from "../../features/owner/OwnerPage.module.css";

export function AnnouncementsPage() {
  return (
    <OwnerPage title="Announcements" lead="Whoever looks at your library sees them at once.">
      {({ library, mayManage }) => (
        <div className={styles.columns}>
          <Announcements library={library.id} mayRemove={mayManage} />
          {mayManage && (
            <AnnounceForm key={library.id} library={library.id} lead={`For everybody who looks at ${library.name}.`} />
          )}
        </div>
      )}
    </OwnerPage>
  );
}
