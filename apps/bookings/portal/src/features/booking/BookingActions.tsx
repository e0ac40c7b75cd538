/**
 * What its client can still do with a booking; links of mails lead to the questions.
 */
import { type Asked, AskedActions } from "@millstream/kit/ui";
import type { BookingRow } from "../../rows";
import { CancelDialog } from "./CancelDialog";
import { PayButton } from "./PayButton";
import { RescheduleDialog } from "./RescheduleDialog";

export function BookingActions({ booking }: { readonly booking: BookingRow }) {
  if (booking.status !== "pending" && booking.status !== "confirmed") return null;
  const actions = [
    {
      name: "reschedule",
      label: "Change the time",
      dialog: (asked: Asked) => <RescheduleDialog booking={booking} {...asked} />,
    },
    {
      name: "cancel",
      label: "Cancel",
      isBad: true,
      dialog: (asked: Asked) => <CancelDialog booking={booking} {...asked} />,
    },
  ];
  return (
    <AskedActions actions={actions}>
      <PayButton booking={booking} />
    </AskedActions>
  );
}
