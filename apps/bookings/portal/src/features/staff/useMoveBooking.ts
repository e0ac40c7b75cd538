/**
 * Moves a booking in the calendar of the staff, whom hours do not bind; refused moves go back and say why.
 */
import { callOperation, RequestFailed } from "@millstream/kit/client";
import { useProject } from "@millstream/kit/hooks";
import { type CalendarMove, showToast } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import type { BookingAnswer, BookingRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";

export function useMoveBooking(bookings: readonly BookingRow[]): (move: CalendarMove) => Promise<void> {
  const { client } = useProject();
  return async ({ id, startsAt, resourceId }) => {
    const booking = bookings.find((one) => one.id === id);
    if (!booking) return;
    try {
      const moved = await callOperation<BookingAnswer>(client, "reschedule_booking", {
        booking_id: id,
        starts_at: startsAt.toISOString(),
        version: booking.version,
        ...(resourceId !== undefined && { provider_id: resourceId }),
      });
      const title = `${booking.client_name || booking.service_name} moved`;
      showToast({ id: `move:${id}`, kind: "good", title, message: sayMoment(moved.starts_at, moved.timezone) });
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      tellRefusal(`move:${id}`, booking.timezone)(error);
      throw error;
    }
  };
}
