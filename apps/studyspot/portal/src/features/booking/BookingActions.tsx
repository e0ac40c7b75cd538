/**
 * What its student can still do with a booking. The question that is open stands in the address.
 */
import { Button, Group } from "@mantine/core";
import { useOperation, useSearchParams } from "@millstream/kit/hooks";
import { ConfirmDialog } from "@millstream/kit/ui";
import { sayTime } from "@millstream/kit/time";
import type { BookingRow, LibraryRow } from "../../rows";
import styles from "./booking.module.css";
import { CancelDialog } from "./CancelDialog";
import { ExtendDialog } from "./ExtendDialog";
import { tellRefusal } from "./refusals";

interface Props {
  readonly booking: BookingRow;
  readonly library: LibraryRow | null | undefined;
}

export function BookingActions({ booking, library }: Props) {
  const { params, change } = useSearchParams();
  const isHere = booking.status === "checked_in";
  if (!isHere && booking.status !== "confirmed") return null;
  const close = (): void => change({ ask: undefined });
  const asked = { booking, onClose: close };
  return (
    <Group className={styles.actions}>
      {library && (
        <Button variant="default" onClick={() => change({ ask: "extend" })}>
          Stay longer
        </Button>
      )}
      {isHere ? (
        <Button variant="default" onClick={() => change({ ask: "end" })}>
          End now
        </Button>
      ) : (
        <Button variant="default" c="var(--kit-bad)" onClick={() => change({ ask: "cancel" })}>
          Cancel
        </Button>
      )}
      {library && <ExtendDialog {...asked} library={library} opened={params.ask === "extend"} />}
      <EndDialog {...asked} opened={isHere && params.ask === "end"} />
      <CancelDialog {...asked} opened={!isHere && params.ask === "cancel"} />
    </Group>
  );
}

interface EndProps {
  readonly booking: BookingRow;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function EndDialog({ booking, opened, onClose }: EndProps) {
  const leave = useOperation<{ booking_id: string }, BookingRow>("check_out", {
    onSuccess: onClose,
    onError: tellRefusal("leave", booking.timezone),
  });
  return (
    <ConfirmDialog
      opened={opened}
      title="Leave your seat now?"
      action="End now"
      isPending={leave.isPending}
      onConfirm={() => leave.mutate({ booking_id: booking.id })}
      onClose={onClose}
    >
      It was yours until {sayTime(booking.end_time, booking.timezone)}. Others can have it at once; the time that is
      left is not paid back.
    </ConfirmDialog>
  );
}
