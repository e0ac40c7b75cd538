/**
 * The seat that is held for the visitor at a library: a bar with the time that is left, and the sheet that books it.
 */
import { Button } from "@mantine/core";
import { HoldCountdown, Sheet } from "@millstream/kit/ui";
import type { BookingRow } from "../../rows";
import { ConfirmForm } from "./ConfirmForm";
import styles from "./HeldSeat.module.css";

interface Props {
  readonly booking: BookingRow;
  readonly opened: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  readonly onConfirmed: (booking: BookingRow) => void;
}

export function HeldSeat({ booking, opened, onOpen, onClose, onConfirmed }: Props) {
  return (
    <>
      <section className={styles.bar} aria-label="Held for you">
        <HoldCountdown hold={{ since: booking.created_at, until: booking.hold_expires_at }} />
        <span className={styles.said}>
          <strong>Seat {booking.seat_label}</strong> is yours
        </span>
        <Button onClick={onOpen}>Book it</Button>
      </section>
      <Sheet title="This seat is yours for now" opened={opened} onClose={onClose}>
        <ConfirmForm booking={booking} onConfirmed={onConfirmed} onGone={onClose} />
      </Sheet>
    </>
  );
}
