/**
 * What its client can still do with a booking. The question that is open stands in the address, as links of mails have it.
 */
import { Button, Group } from "@mantine/core";
import { useSearchParams } from "@millstream/kit/hooks";
import type { BookingRow } from "../../rows";
import { CancelDialog } from "./CancelDialog";
import { PayButton } from "./PayButton";
import { RescheduleDialog } from "./RescheduleDialog";
import styles from "./BookingActions.module.css";

export function BookingActions({ booking }: { readonly booking: BookingRow }) {
  const { params, change } = useSearchParams();
  if (booking.status !== "pending" && booking.status !== "confirmed") return null;
  const ask = (what: string): void => change({ [what]: "true" });
  const close = (): void => change({ cancel: undefined, reschedule: undefined });
  return (
    <Group className={styles.actions}>
      <PayButton booking={booking} />
      <Button variant="default" onClick={() => ask("reschedule")}>
        Change the time
      </Button>
      <Button variant="subtle" color="red" onClick={() => ask("cancel")}>
        Cancel
      </Button>
      <RescheduleDialog booking={booking} opened={"reschedule" in params} onClose={close} />
      <CancelDialog booking={booking} opened={"cancel" in params} onClose={close} />
    </Group>
  );
}
