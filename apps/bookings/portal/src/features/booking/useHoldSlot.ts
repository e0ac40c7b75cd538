/**
 * Holds a free time for the visitor, who is signed in as a guest first if need be, and explains a refusal.
 */
import { useOperation, useSession } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { visitorZone } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingAnswer, ProviderRow } from "../../rows";
import type { FreeSlot } from "../slots/useFreeSlots";
import { refusal } from "./refusals";

interface HoldParams {
  readonly service_id: string;
  readonly provider_id: string;
  readonly starts_at: string;
  readonly timezone: string;
}

export interface UseHoldSlot {
  readonly holdSlot: (slot: FreeSlot, serviceId: string) => void;
  readonly isPending: boolean;
}

export function useHoldSlot(provider: ProviderRow, onHeld: (booking: BookingAnswer) => void): UseHoldSlot {
  const { ensureSession } = useSession();
  const [isSigningIn, setSigningIn] = useState(false);
  const hold = useOperation<HoldParams, BookingAnswer>("hold_booking", {
    onSuccess: onHeld,
    onError: (error) => showToast({ id: "hold", kind: "problem", ...refusal(error, provider.timezone) }),
  });
  const holdSlot = (slot: FreeSlot, serviceId: string): void => {
    const params = { service_id: serviceId, provider_id: slot.provider, starts_at: slot.startsAt };
    setSigningIn(true);
    ensureSession()
      .then(() => hold.mutate({ ...params, timezone: visitorZone() }))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        showToast({ id: "hold", kind: "problem", title: "The time could not be held", message });
      })
      .finally(() => setSigningIn(false));
  };
  return { holdSlot, isPending: isSigningIn || hold.isPending };
}
