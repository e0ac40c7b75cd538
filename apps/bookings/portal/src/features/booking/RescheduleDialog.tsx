/**
 * Moves a booking to another free time of the same service.
 */
import { Button, Group, Modal } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import { useState } from "react";
import type { BookingAnswer, BookingRow } from "../../rows";
import { ChooseSlot } from "../slots/ChooseSlot";
import type { FreeSlot } from "../slots/useFreeSlots";
import styles from "./dialogs.module.css";
import { tellRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly opened: boolean;
  readonly onClose: () => void;
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
    <Modal opened={opened} onClose={onClose} title="Choose another time" size="xl" centered>
      <div className={styles.dialog}>
        <p>Now: {sayMoment(booking.starts_at, booking.timezone)}. It stays yours until the new time is.</p>
        <ChooseSlot
          service={booking.service_id}
          provider={booking.provider_id}
          zone={booking.timezone}
          chosen={slot}
          onChoose={setSlot}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep the time
          </Button>
          <Button disabled={slot === null} loading={move.isPending} onClick={send}>
            {slot === null ? "Move" : `Move to ${sayMoment(slot.startsAt, booking.timezone)}`}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
