/**
 * What its student can still do with a booking.
 */
import { useOperation } from "@millstream/kit/hooks";
import { type Asked, type AskedAction, AskedActions, ConfirmDialog } from "@millstream/kit/ui";
import { sayTime } from "@millstream/kit/time";
import type { BookingRow, LibraryRow } from "../../rows";
import { CancelDialog } from "./CancelDialog";
import { ExtendDialog } from "./ExtendDialog";
import { tellRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly library: LibraryRow | null | undefined;
}

export function BookingActions({ booking, library }: Props) {
  const isHere = booking.status === "checked_in";
  if (!isHere && booking.status !== "confirmed") return null;
  const extend: AskedAction | null = library
    ? {
        name: "extend",
        label: "Stay longer",
        dialog: (asked) => <ExtendDialog booking={booking} library={library} {...asked} />,
      }
    : null;
  const leave: AskedAction = isHere
    ? { name: "end", label: "End now", dialog: (asked) => <EndDialog booking={booking} {...asked} /> }
    : {
        name: "cancel",
        label: "Cancel",
        isBad: true,
        dialog: (asked) => <CancelDialog booking={booking} {...asked} />,
      };
  return <AskedActions actions={extend ? [extend, leave] : [leave]} />;
}

function EndDialog({ booking, ...asked }: Asked & { readonly booking: BookingRow }) {
  const leave = useOperation<{ booking_id: string }, BookingRow>("check_out", {
    onSuccess: asked.onClose,
    onError: tellRefusal("leave", booking.timezone),
  });
  return (
    <ConfirmDialog
      title="Leave your seat now?"
      action="End now"
      isPending={leave.isPending}
      onConfirm={() => leave.mutate({ booking_id: booking.id })}
      {...asked}
    >
      It was yours until {sayTime(booking.end_time, booking.timezone)}. Others can have it at once; the time that is
      left is not paid back.
    </ConfirmDialog>
  );
}
