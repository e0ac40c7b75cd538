/**
 * What the platform tells everybody.
 */
import { AdminPage } from "../../features/admin/AdminPage";
import { AnnounceForm } from "../../features/announcements/AnnounceForm";
import { Announcements } from "../../features/announcements/Announcements";
import styles from "../../features/owner/OwnerPage.module.css";

export function AnnouncePage() {
  return (
    <AdminPage title="Announce" lead="Everybody who is connected sees it at once; the others when they come.">
      <div className={styles.columns}>
        <Announcements library={null} mayRemove />
        <AnnounceForm library={null} lead="For every student, every owner, every screen." />
      </div>
    </AdminPage>
  );
}
