/**
 * Which libraries' prices have just changed, for as long as that is news: the pages say "Updated!" beside them.
 */
import { useRoomEvent } from "@millstream/kit/hooks";
import { useEffect, useState } from "react";

interface PricingUpdated {
  readonly library_id: string;
}

const NEWS_MS = 8_000;

/** Return whether a library's price is news. */
export function usePriceNews(): (library: string) => boolean {
  const [news, setNews] = useState<readonly string[]>([]);
  useRoomEvent<PricingUpdated>("pricing:updated", ({ library_id }) => setNews([...news, library_id]));
  useEffect(() => {
    if (news.length === 0) return;
    const timer = setTimeout(() => setNews([]), NEWS_MS);
    return () => clearTimeout(timer);
  }, [news]);
  return (library) => news.includes(library);
}
