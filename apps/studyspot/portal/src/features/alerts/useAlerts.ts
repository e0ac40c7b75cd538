/**
 * The seats that a visitor waits for: asking to be told, and no longer.
 */
import { useOperation } from "@millstream/kit/hooks";
import type { SeatAlertRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { useOwnRows } from "../useOwnRows";

export type AlertWish = Pick<SeatAlertRow, "library_id" | "start_time" | "end_time"> & {
  readonly attributes: readonly string[];
};

export interface UseAlerts {
  /** Those that still wait. */
  readonly alerts: readonly SeatAlertRow[];
  readonly ask: (wish: AlertWish) => void;
  readonly cancel: (id: string) => void;
  readonly isPending: boolean;
}

export function useAlerts(zone: string): UseAlerts {
  const { rows } = useOwnRows("seat_alerts");
  const onError = tellRefusal("alert", zone);
  const ask = useOperation<AlertWish, SeatAlertRow>("alert_me", { asGuest: true, onError });
  const cancel = useOperation<{ alert_id: string }, unknown>("cancel_alert", { onError });
  return {
    alerts: (rows ?? []).filter(({ status }) => status === "waiting"),
    ask: (wish) => ask.mutate(wish),
    cancel: (id) => cancel.mutate({ alert_id: id }),
    isPending: ask.isPending || cancel.isPending,
  };
}
