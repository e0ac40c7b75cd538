/**
 * Bookings as a list of links, each with its state.
 */
import { BookingBadge, LinkItem, LinkList } from "@millstream/kit/ui";
import { sayOwnTime, sayRange } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";

export function BookingList({ label, bookings }: { readonly label: string; readonly bookings: readonly BookingRow[] }) {
  return (
    <LinkList label={label}>
      {bookings.map(({ id, seat_label, library_name, zone_name, start_time, end_time, timezone, status }) => (
        <LinkItem
          key={id}
          link={{ to: "/bookings/$bookingId", params: { bookingId: id } }}
          title={`Seat ${seat_label}, ${library_name}`}
          detail={`${sayRange(start_time, end_time, timezone)} · ${zone_name}`}
          hint={sayOwnTime(start_time, timezone)}
          state={<BookingBadge status={status} />}
        />
      ))}
    </LinkList>
  );
}
