/**
 * What the platform tells everybody.
 */
import { AdministratorPage } from "@millstream/kit/shell";
import { Announcements } from "@millstream/kit/ui";
import { sayRefusal } from "../../features/booking/refusals";

const PLATFORM = { column: "library_id", id: null };

export function AnnouncePage() {
  return (
    <AdministratorPage title="Announce" lead="Everybody who is connected sees it at once; the others when they come.">
      <Announcements
        of={PLATFORM}
        mayAnnounce
        reaches="For every student, every owner, every screen."
        say={sayRefusal}
      />
    </AdministratorPage>
  );
}
