/**
 * Everything that whoever is signed in was told, the newest first.
 */
import { Button } from "@mantine/core";
import { linkTo } from "../auth";
import { useNotifications, useNow, useSession } from "../hooks";
import { EmptyState, ErrorState, LoadingState, PageHeading, ToneBadge } from "../ui";
import { sayAgo } from "../time";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "./NotificationsPage.module.css";

/** `settings` is how one is told, such as a `PushSwitch`; for whoever has an account. */
export function NotificationsPage({ settings }: { readonly settings?: ReactNode }) {
  const { hasAccount } = useSession();
  return (
    <div className={styles.page}>
      <PageHeading>Notifications</PageHeading>
      {hasAccount && settings !== undefined && <div>{settings}</div>}
      <Notifications />
    </div>
  );
}

function Notifications() {
  const { hasAccount, isLoading } = useSession();
  const { notifications, unread, error, markRead } = useNotifications();
  const now = useNow();
  if (!hasAccount && !isLoading) {
    return (
      <EmptyState title="Notifications need an account">
        <Link {...linkTo("/sign-in", "/notifications")}>Sign in</Link>, so that what concerns you finds you on every
        device.
      </EmptyState>
    );
  }
  if (notifications === undefined) {
    if (error) return <ErrorState title="They could not be loaded" error={error} onRetry={() => location.reload()} />;
    return <LoadingState label="Loading notifications" count={4} height={74} />;
  }
  if (notifications.length === 0)
    return <EmptyState title="Nothing yet">What concerns you will stand here.</EmptyState>;
  const unreadIds = notifications.filter(({ read_at }) => read_at === null).map(({ id }) => id);
  return (
    <div className={styles.parts}>
      {unread > 0 && (
        <Button variant="default" onClick={() => markRead(unreadIds)}>
          Mark all as read
        </Button>
      )}
      <ul className={styles.list} aria-label="Notifications">
        {notifications.map(({ id, title, body, link, created_at, read_at }) => (
          <li key={id} className={styles.item}>
            <div>
              {link === null ? (
                <strong>{title}</strong>
              ) : (
                <Link to={link} className={styles.link} onClick={() => markRead([id])}>
                  {title}
                </Link>
              )}
              {body !== "" && <p>{body}</p>}
              <p>
                <time dateTime={created_at}>{sayAgo(created_at, now)}</time>
              </p>
            </div>
            {read_at === null && <ToneBadge tone="warn">new</ToneBadge>}
          </li>
        ))}
      </ul>
    </div>
  );
}
