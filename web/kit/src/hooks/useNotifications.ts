/**
 * What whoever is signed in was told: the newest notifications, live, and how many of them are unread.
 *
 * Reads the kit's table `notifications`. What is marked as read is so at once here, and taken back where the server
 * refuses; the count is the database's, so that it survives a reload and agrees between devices.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { listNotifications, markNotificationsRead, type Notification, type RowChange } from "../client";
import { useProject } from "./project";
import { useLiveRows } from "./useLiveRows";
import { useSession } from "./useSession";

export interface UseNotifications {
  /** The newest first; undefined until they are known. */
  readonly notifications: readonly Notification[] | undefined;
  readonly unread: number;
  readonly error: Error | null;
  readonly markRead: (ids: readonly string[]) => void;
}

const SHOWN = 50;

/** `onNew` hears of each notification that comes while this is shown. */
export function useNotifications(onNew?: (notification: Notification) => void): UseNotifications {
  const { client } = useProject();
  const { user, hasAccount } = useSession();
  const queryClient = useQueryClient();
  const owner = user?.id ?? "nobody";
  const queryKey = ["notifications", owner];
  const { rows, error } = useLiveRows<Notification>({
    topic: `notifications:${owner}`,
    enabled: hasAccount,
    bindings: [{ event: "*", schema: "public", table: "notifications", filter: `user_id=eq.${owner}` }],
    queryKey,
    keyOf: ({ id = "" }) => id,
    fetch: (signal) => listNotifications(client, SHOWN, signal),
    onChange: ({ event, row }: RowChange<Notification>) => {
      if (event === "INSERT") onNew?.(row as Notification);
    },
  });
  const reading = useMutation({
    mutationFn: (ids: readonly string[]) => markNotificationsRead(client, ids),
    onMutate: (ids) => {
      const before = queryClient.getQueryData<readonly Notification[]>(queryKey);
      const now = new Date().toISOString();
      const read = before?.map((each) => (ids.includes(each.id) ? { ...each, read_at: each.read_at ?? now } : each));
      queryClient.setQueryData(queryKey, read);
      return before;
    },
    onError: (_error, _ids, before) => queryClient.setQueryData(queryKey, before),
  });
  const newest = rows?.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  const unread = newest?.filter(({ read_at }) => read_at === null).length ?? 0;
  return { notifications: newest, unread, error, markRead: reading.mutate };
}
