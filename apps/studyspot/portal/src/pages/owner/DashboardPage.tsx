/**
 * How a library stands in this moment.
 */
import { Columns } from "@millstream/kit/ui";
import { EventFeed } from "../../features/owner/EventFeed";
import { FullHours } from "../../features/owner/FullHours";
import { LibraryFigures } from "../../features/owner/LibraryFigures";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function DashboardPage() {
  return (
    <OwnerPage title="Dashboard" lead="What you see is now; nothing needs to be reloaded.">
      {({ library }) => (
        <>
          <LibraryFigures library={library.id} />
          <Columns>
            <FullHours library={library.id} />
            <EventFeed library={library} />
          </Columns>
        </>
      )}
    </OwnerPage>
  );
}
