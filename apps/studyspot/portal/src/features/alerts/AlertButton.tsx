/**
 * "Tell me when a seat is free": for the time and the wishes that the page shows.
 */
import { WatchButton } from "@millstream/kit/ui";
import type { LibraryRow } from "../../rows";
import { type AlertWish, useAlerts } from "./useAlerts";

interface Props {
  readonly library: LibraryRow;
  readonly from: string;
  readonly until: string;
  readonly attributes: readonly string[];
}

export function AlertButton({ library, from, until, attributes }: Props) {
  const { alerts, ask, cancel, isPending } = useAlerts(library.timezone);
  const wish: AlertWish = { library_id: library.id, start_time: from, end_time: until, attributes };
  const waiting = alerts.find((alert) => isSame(alert, wish));
  return (
    <WatchButton
      label="Tell me when a seat is free"
      isWatched={waiting !== undefined}
      isPending={isPending}
      onWatch={() => ask(wish)}
      onStop={() => waiting && cancel(waiting.id)}
    />
  );
}

/** Say whether somebody waits for just this. Pure. */
export function isSame(alert: AlertWish, wish: AlertWish): boolean {
  const key = ({ library_id, start_time, end_time, attributes }: AlertWish): string =>
    [library_id, Date.parse(start_time), Date.parse(end_time), ...attributes.toSorted()].join(" ");
  return key(alert) === key(wish);
}
