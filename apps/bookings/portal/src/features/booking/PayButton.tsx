/**
 * Pays what a booking waits for; the row that follows says that it is confirmed.
 */
import { Button } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { price } from "@millstream/kit/ui";
import type { BookingAnswer, BookingRow } from "../../rows";
import { tellRefusal } from "./refusals";

export function PayButton({ booking }: { readonly booking: BookingRow }) {
  const pay = useOperation<{ booking_id: string }, BookingAnswer>("pay_booking", {
    onError: tellRefusal("pay", booking.timezone),
  });
  if (booking.status !== "pending" || booking.payment_status !== "awaiting") return null;
  return (
    <Button loading={pay.isPending || pay.isSuccess} onClick={() => pay.mutate({ booking_id: booking.id })}>
      Pay {price(booking.total_price, booking.currency)}
    </Button>
  );
}
