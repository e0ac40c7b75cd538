/**
 * The seats that a visitor waits for: asking to be told, and no longer.
 */
import { useOperation, useSession } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import type { SeatAlertRow } from "../../rows";
import { refusal } from "../booking/refusals";
import { useOwnRows } from "../useOwnRows";

export interface AlertWish {
  readonly library_id: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly attributes?: readonly string[];
}

export interface UseAlerts {
  /** Those that still wait. */
  readonly alerts: readonly SeatAlertRow[];
  readonly ask: (wish: AlertWish) => void;
  readonly cancel: (id: string) => void;
  readonly isPending: boolean;
}

export function useAlerts(zone: string): UseAlerts {
  const { rows } = useOwnRows("seat_alerts");
  const { ensureSession } = useSession();
  const onError = (error: Parameters<typeof refusal>[0]): void =>
    showToast({ id: "alert", kind: "problem", ...refusal(error, zone) });
  const ask = useOperation<AlertWish, SeatAlertRow>("alert_me", { onError });
  const cancel = useOperation<{ alert_id: string }, unknown>("cancel_alert", { onError });
  return {
    alerts: (rows ?? []).filter(({ status }) => status === "waiting"),
    ask: (wish) => void ensureSession().then(() => ask.mutate(wish), onError),
    cancel: (id) => cancel.mutate({ alert_id: id }),
    isPending: ask.isPending || cancel.isPending,
  };
}
