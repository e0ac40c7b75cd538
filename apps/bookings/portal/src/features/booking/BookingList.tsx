/**
 * Bookings as a list of links, each with its state.
 */
import { BookingBadge, LinkItem, LinkList } from "@millstream/kit/ui";
import { sayRange } from "@millstream/kit/time";
import type { BookingRow } from "../../rows";

export function BookingList({ label, bookings }: { readonly label: string; readonly bookings: readonly BookingRow[] }) {
  return (
    <LinkList label={label}>
      {bookings.map(({ id, service_name, provider_name, starts_at, ends_at, timezone, status }) => (
        <LinkItem
          key={id}
          link={{ to: "/my-bookings/$bookingId", params: { bookingId: id } }}
          title={service_name}
          detail={`${sayRange(starts_at, ends_at, timezone)} · ${provider_name}`}
          state={<BookingBadge status={status} />}
        />
      ))}
    </LinkList>
  );
}
