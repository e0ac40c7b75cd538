/**
 * What its client can still do with a booking.
 */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { BookingRow } from "../../rows";
import { CancelDialog } from "./CancelDialog";
import { RescheduleDialog } from "./RescheduleDialog";
import { isOpen } from "./statuses";
import styles from "./BookingActions.module.css";

export function BookingActions({ booking }: { readonly booking: BookingRow }) {
  const [asking, setAsking] = useState<"cancel" | "move" | null>(null);
  if (!isOpen(booking.status)) return null;
  const close = (): void => setAsking(null);
  return (
    <Group className={styles.actions}>
      <Button variant="default" onClick={() => setAsking("move")}>
        Change the time
      </Button>
      <Button variant="subtle" color="red.9" onClick={() => setAsking("cancel")}>
        Cancel
      </Button>
      <RescheduleDialog booking={booking} opened={asking === "move"} onClose={close} />
      <CancelDialog booking={booking} opened={asking === "cancel"} onClose={close} />
    </Group>
  );
}
