/**
 * The bookings of a library as they come in: the newest on top, with a sound; what is chosen stands in the address.
 */
import { Button, Group } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import { useUnseen } from "@millstream/kit/shell";
import { Panel, SoundSwitch } from "@millstream/kit/ui";
import { IconQrcode, IconWalk } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { BookingDialog } from "../../features/owner/BookingDialog";
import { BookingsTable } from "../../features/owner/BookingsTable";
import { CheckInByCode } from "../../features/owner/CheckInByCode";
import { OwnerPage, type Shown } from "../../features/owner/OwnerPage";
import { useLibraryBookings } from "../../features/owner/useLibraryBookings";
import { WalkInDialog } from "../../features/owner/WalkInDialog";
import type { BookingRow } from "../../rows";

export function BookingsPage() {
  return (
    <OwnerPage title="Bookings" lead="New ones appear on top by themselves; after your first click also with a sound.">
      {(shown) => <Bookings {...shown} />}
    </OwnerPage>
  );
}

function Bookings({ library, organisation }: Shown) {
  const { params, change } = useSearchParams();
  const { bookings } = useLibraryBookings(library.id);
  const { links, markSeen } = useUnseen("booking.created", organisation.id);
  const [asked, setAsked] = useState<"code" | "walk-in" | null>(null);
  const unseen = links.join();
  const isNew = useCallback((booking: BookingRow) => unseen.split(",").includes(linkTo(booking)), [unseen]);
  const close = (): void => setAsked(null);
  return (
    <Panel
      title="All bookings"
      lead="Of the last week and of all days to come."
      action={
        <Group gap="xs">
          {links.length > 0 && (
            <Button variant="light" onClick={() => markSeen()}>
              Mark {links.length} as seen
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<IconWalk size={18} aria-hidden="true" />}
            onClick={() => setAsked("walk-in")}
          >
            Walk-in
          </Button>
          <Button leftSection={<IconQrcode size={18} aria-hidden="true" />} onClick={() => setAsked("code")}>
            Check in by code
          </Button>
          <SoundSwitch />
        </Group>
      }
    >
      <BookingsTable
        library={library}
        isNew={isNew}
        onOpen={(booking) => {
          markSeen([linkTo(booking)]);
          change({ booking: booking.id });
        }}
      />
      <BookingDialog
        booking={bookings?.find(({ id }) => id === params.booking)}
        onClose={() => change({ booking: undefined })}
      />
      <CheckInByCode zone={library.timezone} opened={asked === "code"} onClose={close} />
      <WalkInDialog library={library} opened={asked === "walk-in"} onClose={close} />
    </Panel>
  );
}

/** Where the notification of a new booking leads. */
function linkTo({ booking_number }: BookingRow): string {
  return `/owner/bookings?q=${booking_number}`;
}
