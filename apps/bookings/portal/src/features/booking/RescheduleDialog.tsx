/**
 * Moves a booking to another free time of the same service.
 */
import { useOperation } from "@millstream/kit/hooks";
import { type Asked, DecisionDialog, showToast } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingAnswer, BookingRow } from "../../rows";
import { ChooseSlot } from "../slots/ChooseSlot";
import type { FreeSlot } from "../slots/useFreeSlots";
import { tellRefusal } from "./refusals";

interface Props extends Asked {
  readonly booking: BookingRow;
}

interface MoveParams {
  readonly booking_id: string;
  readonly starts_at: string;
  readonly version: number;
}

export function RescheduleDialog({ booking, opened, onClose }: Props) {
  const [slot, setSlot] = useState<FreeSlot | null>(null);
  const move = useOperation<MoveParams, BookingAnswer>("reschedule_booking", {
    onSuccess: ({ starts_at, timezone }) => {
      showToast({ id: "move", kind: "good", title: `Moved to ${sayMoment(starts_at, timezone)}` });
      setSlot(null);
      onClose();
    },
    onError: tellRefusal("move", booking.timezone),
  });
  const send = (): void => {
    if (slot) move.mutate({ booking_id: booking.id, starts_at: slot.startsAt, version: booking.version });
  };
  return (
    <DecisionDialog
      opened={opened}
      title="Choose another time"
      isWide
      keep="Keep the time"
      action={slot === null ? "Move" : `Move to ${sayMoment(slot.startsAt, booking.timezone)}`}
      isReady={slot !== null}
      isPending={move.isPending}
      onDecide={send}
      onClose={onClose}
    >
      <p>Now: {sayMoment(booking.starts_at, booking.timezone)}. It stays yours until the new time is.</p>
      <ChooseSlot
        service={booking.service_id}
        provider={booking.provider_id}
        zone={booking.timezone}
        chosen={slot}
        onChoose={setSlot}
      />
    </DecisionDialog>
  );
}
