/**
 * Holds a free time for the visitor, and explains a refusal.
 */
import { useOperation } from "@millstream/kit/hooks";
import { visitorZone } from "@millstream/kit/time";
import type { BookingAnswer, ProviderRow } from "../../rows";
import type { FreeSlot } from "../slots/useFreeSlots";
import { tellRefusal } from "./refusals";

export interface UseHoldSlot {
  readonly holdSlot: (slot: FreeSlot, serviceId: string) => void;
  readonly isPending: boolean;
}

export function useHoldSlot(provider: ProviderRow, onHeld: (booking: BookingAnswer) => void): UseHoldSlot {
  const { mutate, isPending } = useOperation<object, BookingAnswer>("hold_booking", {
    asGuest: true,
    onSuccess: onHeld,
    onError: tellRefusal("hold", provider.timezone),
  });
  const holdSlot = ({ provider: provider_id, startsAt: starts_at }: FreeSlot, service_id: string): void =>
    mutate({ service_id, provider_id, starts_at, timezone: visitorZone() });
  return { holdSlot, isPending };
}
