/**
 * The new bookings that whoever is signed in has not looked at yet: the unread notifications of them, which the
 * database keeps, so that the count survives a reload and agrees between devices.
 */
import type { Notification } from "@millstream/kit/client";
import { useNotifications } from "@millstream/kit/hooks";

const KIND = "booking.created";

export interface UseNewBookings {
  /** By the number of the booking. */
  readonly unseen: ReadonlyMap<string, Notification>;
  readonly markSeen: (numbers: Iterable<string>) => void;
}

export function useNewBookings(organisation: string | undefined): UseNewBookings {
  const { notifications = [], markRead } = useNotifications();
  const unseen = unseenOf(notifications, organisation);
  const markSeen = (numbers: Iterable<string>): void => {
    const ids = [...numbers].flatMap((number) => unseen.get(number)?.id ?? []);
    if (ids.length > 0) markRead(ids);
  };
  return { unseen, markSeen };
}

/** Return what was not seen, by the number of the booking that its link leads to. Pure. */
export function unseenOf(
  notifications: readonly Notification[],
  organisation: string | undefined,
): ReadonlyMap<string, Notification> {
  const unread = notifications.filter(
    ({ kind, read_at, organisation_id }) => kind === KIND && read_at === null && organisation_id === organisation,
  );
  return new Map(unread.map((one) => [one.link?.match(/[?&]q=([^&]+)/)?.[1] ?? one.id, one]));
}
