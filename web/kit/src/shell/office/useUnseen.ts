/**
 * What came to an organisation and whoever is signed in has not looked at yet: the unread notifications of a kind, which
 * the database keeps, so that the count survives a reload and agrees between devices.
 */
import type { Notification } from "../../client";
import { useNotifications } from "../../hooks";

export interface UseUnseen {
  /** The links that the notifications lead to. */
  readonly links: readonly string[];
  /** Say that everything was seen that leads to these, or all. */
  readonly markSeen: (links?: readonly string[]) => void;
}

export function useUnseen(kind: string, organisation: string | undefined): UseUnseen {
  const { notifications = [], markRead } = useNotifications();
  const unseen = unseenOf(notifications, kind, organisation);
  const links = unseen.map(({ link }) => link ?? "");
  const markSeen = (seen: readonly string[] = links): void => {
    const ids = unseen.filter(({ link }) => seen.includes(link ?? "")).map(({ id }) => id);
    if (ids.length > 0) markRead(ids);
  };
  return { links, markSeen };
}

/** Return what an organisation was told of this kind and nobody has read. Pure. */
export function unseenOf(
  notifications: readonly Notification[],
  kind: string,
  organisation: string | undefined,
): readonly Notification[] {
  return notifications.filter(
    (one) => one.kind === kind && one.read_at === null && one.organisation_id === organisation,
  );
}
