/**
 * The bell: how much is unread, and the newest notifications with where they lead. What comes while the page is open is
 * a toast, and one sound a burst.
 */
import { ActionIcon, Indicator, Popover, ScrollArea, UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { clsx } from "clsx";
import { useState } from "react";
import type { Notification } from "../client";
import { useNotifications, useNow } from "../hooks";
import { sayAgo } from "../time";
import { SoundSwitch, useToastStream } from "../ui";
import styles from "./NotificationBell.module.css";

interface Props {
  /** What the page tells in another way as it happens: no toast and no sound then. */
  readonly isTold?: ((notification: Notification) => boolean) | undefined;
}

export function NotificationBell({ isTold = () => false }: Props) {
  const [opened, setOpened] = useState(false);
  const tell = useToastStream<Notification>({
    one: ({ id, title, body }) => ({ id: `notification:${id}`, kind: "news", title, message: body }),
    many: (news) => ({ id: "notifications", kind: "news", title: `${news.size} new notifications` }),
    withSound: true,
  });
  const { notifications, unread, error, markRead } = useNotifications((news) => {
    if (!isTold(news)) tell(news.id, news);
  });
  const label = unread === 0 ? "Notifications" : `Notifications, ${unread} unread`;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} shadow="md" trapFocus>
      <Indicator label={unread > 99 ? "99+" : unread} size={17} offset={5} disabled={unread === 0} color="red.9">
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={label}
            title={label}
            onClick={() => setOpened(!opened)}
          >
            <IconBell size={20} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} className={styles.dropdown} role="dialog" aria-label="Notifications">
        <div className={styles.head}>
          <h2>Notifications</h2>
          <SoundSwitch />
          <UnstyledButton
            className={styles.all}
            disabled={unread === 0}
            onClick={() => markRead((notifications ?? []).filter((each) => !each.read_at).map(({ id }) => id))}
          >
            Mark all as read
          </UnstyledButton>
        </div>
        <NotificationList
          notifications={notifications}
          error={error}
          onOpened={(id) => {
            markRead([id]);
            setOpened(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

interface ListProps {
  readonly notifications: readonly Notification[] | undefined;
  readonly error: Error | null;
  readonly onOpened: (id: string) => void;
}

function NotificationList({ notifications, error, onOpened }: ListProps) {
  if (notifications === undefined) return <p className={styles.state}>{error ? error.message : "Loading…"}</p>;
  if (notifications.length === 0)
    return <p className={styles.state}>Nothing yet. What concerns you will stand here.</p>;
  return (
    <ScrollArea.Autosize mah={420}>
      <ul className={styles.list}>
        {notifications.map((notification) => (
          <NotificationItem key={notification.id} notification={notification} onOpened={onOpened} />
        ))}
      </ul>
    </ScrollArea.Autosize>
  );
}

interface ItemProps {
  readonly notification: Notification;
  readonly onOpened: (id: string) => void;
}

function NotificationItem({ notification, onOpened }: ItemProps) {
  const { id, title, body, link, created_at, read_at } = notification;
  const now = useNow();
  const navigate = useNavigate();
  const open = (): void => {
    onOpened(id);
    if (link !== null) void navigate({ to: link });
  };
  return (
    <li>
      <UnstyledButton className={clsx(styles.item, read_at === null && styles.unread)} onClick={open}>
        <span className={styles.title}>
          {title}
          {read_at === null && <span className={styles.mark}>new</span>}
        </span>
        {body !== "" && <span className={styles.body}>{body}</span>}
        <time dateTime={created_at} className={styles.time}>
          {sayAgo(created_at, now)}
        </time>
      </UnstyledButton>
    </li>
  );
}
