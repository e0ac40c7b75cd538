/**
 * "Tell me when a seat is free": for the time and the wishes that the page shows. Asked once more it is taken back.
 */
import { Button } from "@mantine/core";
import { IconBell, IconBellOff } from "@tabler/icons-react";
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
  return waiting ? (
    <Button
      variant="light"
      loading={isPending}
      leftSection={<IconBellOff size={18} aria-hidden="true" />}
      onClick={() => cancel(waiting.id)}
    >
      You will be told · stop
    </Button>
  ) : (
    <Button
      variant="default"
      loading={isPending}
      leftSection={<IconBell size={18} aria-hidden="true" />}
      onClick={() => ask(wish)}
    >
      Tell me when a seat is free
    </Button>
  );
}

/** Say whether somebody waits for just this. Pure. */
export function isSame(
  alert: {
    readonly library_id: string;
    readonly start_time: string;
    readonly end_time: string;
    readonly attributes: readonly string[];
  },
  wish: AlertWish,
): boolean {
  const key = (one: typeof alert | AlertWish): string =>
    [one.library_id, Date.parse(one.start_time), Date.parse(one.end_time), ...(one.attributes ?? []).toSorted()].join(
      " ",
    );
  return key(alert) === key(wish);
}
