/**
 * Cancels a booking, after it was said what that means.
 */
import { Button, Group, Modal, Textarea } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { useOperation, useProject } from "@millstream/kit/hooks";
import { ErrorState, LoadingState, showToast } from "@millstream/kit/ui";
import { sayMoment } from "@millstream/kit/time";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BookingRow } from "../../rows";
import { money } from "../money";
import styles from "./booking.module.css";
import { refusal } from "./refusals";

export interface Terms {
  readonly refund: string | number;
  readonly fee: string | number;
  readonly currency: string;
  readonly free_until: string | null;
}

interface Props {
  readonly booking: BookingRow;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CancelDialog({ booking, opened, onClose }: Props) {
  const { client } = useProject();
  const [reason, setReason] = useState("");
  const terms = useQuery({
    queryKey: ["cancellation_terms", booking.id, booking.version],
    enabled: opened,
    staleTime: 0,
    queryFn: () => callOperation<Terms>(client, "cancellation_terms", { booking_id: booking.id }),
  });
  const cancel = useOperation<{ booking_id: string; reason?: string }, BookingRow>("cancel_booking", {
    onSuccess: onClose,
    onError: (error) => showToast({ id: "cancel", kind: "problem", ...refusal(error, booking.timezone) }),
  });
  const given = reason.trim();
  const send = (): void => cancel.mutate({ booking_id: booking.id, ...(given !== "" && { reason: given }) });
  return (
    <Modal opened={opened} onClose={onClose} title="Cancel this booking?" centered>
      <div className={styles.dialog}>
        {terms.isPending && <LoadingState label="Looking up what cancelling means" count={1} height={48} />}
        {terms.error && (
          <ErrorState title="The terms could not be loaded" error={terms.error} onRetry={() => void terms.refetch()} />
        )}
        {terms.data && <p>{sayTerms(terms.data, booking.timezone)}</p>}
        <Textarea
          label="Reason"
          description="Optional; the other side sees it."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={500}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep the booking
          </Button>
          <Button color="red.9" loading={cancel.isPending} disabled={!terms.data} onClick={send}>
            Cancel the booking
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

/** Say what cancelling means in money. Pure. */
export function sayTerms({ refund, fee, currency, free_until }: Terms, zone: string): string {
  const back = Number(refund) > 0 ? ` ${money(Number(refund), currency)} are paid back.` : "";
  if (Number(fee) > 0) return `Cancelling now costs ${money(Number(fee), currency)}.${back}`;
  const until = free_until === null ? "" : ` That holds until ${sayMoment(free_until, zone)}.`;
  return `Cancelling is free now, and the seat goes to somebody else.${back}${until}`;
}
