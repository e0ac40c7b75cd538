/**
 * Cancels a booking, after it was said what that costs: for applications with the operations `cancellation_terms` and
 * `cancel_booking`.
 */
import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callOperation } from "../../client";
import { useOperation, useProject } from "../../hooks";
import { ErrorState, LoadingState } from "../states";
import type { Refusals } from "../refusals";
import styles from "../DecisionDialog.module.css";
import { type CancellationTerms, sayTerms } from "./cancellation";
import { money as inFull, type SayMoney } from "./money";

export interface CancelDialogProps {
  /** What it costs is asked anew when the booking has changed. */
  readonly booking: { readonly id: string; readonly version: number; readonly timezone: string };
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCancelled?: () => void;
  readonly refusals: Refusals;
  readonly money?: SayMoney;
}

export function CancelDialog({ booking, opened, onClose, onCancelled, refusals, money = inFull }: CancelDialogProps) {
  const { id, version, timezone } = booking;
  const { client } = useProject();
  const [reason, setReason] = useState("");
  const terms = useQuery({
    queryKey: ["cancellation_terms", id, version],
    enabled: opened,
    staleTime: 0,
    queryFn: () => callOperation<CancellationTerms>(client, "cancellation_terms", { booking_id: id }),
  });
  const cancel = useOperation<{ booking_id: string; reason?: string }, unknown>("cancel_booking", {
    onSuccess: () => {
      onCancelled?.();
      onClose();
    },
    onError: refusals.tellRefusal("cancel", timezone),
  });
  const given = reason.trim();
  const send = (): void => cancel.mutate({ booking_id: id, ...(given !== "" && { reason: given }) });
  return (
    <Modal opened={opened} onClose={onClose} title="Cancel this booking?" centered>
      <div className={styles.decision}>
        {terms.isPending && <LoadingState label="Looking up what cancelling costs" count={1} height={48} />}
        {terms.error && (
          <ErrorState title="The terms could not be loaded" error={terms.error} onRetry={() => void terms.refetch()} />
        )}
        {terms.data && <p>{sayTerms(terms.data, timezone, money)}</p>}
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
