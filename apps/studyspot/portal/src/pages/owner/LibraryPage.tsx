/**
 * What a library is, when it is open, and by which rules its seats are booked.
 */
import { Anchor, Stack } from "@mantine/core";
import { ClosedDays, Columns, OpeningWeek } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";
import { LibraryDetails } from "../../features/owner/LibraryDetails";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function LibraryPage() {
  return (
    <OwnerPage title="Library" lead="What students read, when you are open, and the rules of booking.">
      {({ library, place, mayManage }) => (
        <Columns even>
          <LibraryDetails library={library} mayChange={mayManage} />
          <Stack gap={20}>
            <OpeningWeek place={place} mayChange={mayManage} />
            <ClosedDays place={place} mayChange={mayManage} />
            {mayManage && (
              <Anchor renderRoot={(props) => <Link to="/owner/libraries/new" {...props} />}>
                Register another library
              </Anchor>
            )}
          </Stack>
        </Columns>
      )}
    </OwnerPage>
  );
}
