/**
 * What a library tells those who study there.
 */
import { Announcements } from "@millstream/kit/ui";
import { sayRefusal } from "../../features/booking/refusals";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function AnnouncementsPage() {
  return (
    <OwnerPage title="Announcements" lead="Whoever looks at your library sees them at once.">
      {({ library, place, mayManage }) => (
        <Announcements
          of={place}
          mayAnnounce={mayManage}
          reaches={`For everybody who looks at ${library.name}.`}
          say={sayRefusal}
        />
      )}
    </OwnerPage>
  );
}
