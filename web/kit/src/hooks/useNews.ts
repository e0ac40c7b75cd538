/**
 * What an event of a room has just been about, for as long as that is news.
 */
import { useEffect, useState } from "react";
import { useRoomEvent } from "./useRoomEvent";

const NEWS_MS = 8_000;

/** Return whether something is news; `key` names what the event says of which it is. */
export function useNews(event: string, key: string): (id: string) => boolean {
  const [news, setNews] = useState<readonly unknown[]>([]);
  useRoomEvent<Readonly<Record<string, unknown>>>(event, (told) => setNews([...news, told[key]]));
  useEffect(() => {
    if (news.length === 0) return;
    const timer = setTimeout(() => setNews([]), NEWS_MS);
    return () => clearTimeout(timer);
  }, [news]);
  return (id) => news.includes(id);
}
