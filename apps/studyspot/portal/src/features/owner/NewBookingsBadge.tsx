/**
 * How many new bookings nobody has looked at yet, in the side bar; nothing where there are none.
 */
import { Badge, VisuallyHidden } from "@mantine/core";
import { useOrganisations } from "@millstream/kit/hooks";
import { useNewBookings } from "./useNewBookings";

export function NewBookingsBadge() {
  const { current } = useOrganisations();
  const count = useNewBookings(current?.id).unseen.size;
  if (count === 0) return null;
  return (
    <Badge color="red.9" size="sm" circle={count < 10} className="kit-numbers" data-testid="new-bookings">
      {count}
      <VisuallyHidden> new</VisuallyHidden>
    </Badge>
  );
}
