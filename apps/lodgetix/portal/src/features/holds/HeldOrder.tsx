/**
 * One held order: its lines, the time that is left, and giving it back after a question.
 */
import { Button, Group, Modal } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { CountdownTimer, money, showToast } from "@millstream/kit/ui";
import { useState } from "react";
import styles from "./HoldPanel.module.css";
import { refusal } from "./refusals";
import { type Hold, ticketsOf } from "./useHolds";

interface Props {
  readonly hold: Hold;
  readonly names: ReadonlyMap<string, string>;
  readonly holdMinutes: number;
  /** The hold is over: the deadline passed, or it was given back. */
  readonly onEnd: () => void;
}

export function HeldOrder({ hold, names, holdMinutes, onEnd }: Props) {
  const [asking, setAsking] = useState(false);
  const what = ticketsOf(hold.items);
  const release = useOperation<{ order_id: string }, unknown>("release_hold", {
    onSuccess: () => {
      setAsking(false);
      showToast({ id: `release:${hold.id}`, kind: "good", title: `${what} given back` });
      onEnd();
    },
    onError: (error) => showToast({ id: `release:${hold.id}`, kind: "problem", ...refusal(error, "Your order") }),
  });
  return (
    <li className={styles.order} data-testid="held-order">
      <div className={styles.time}>
        <CountdownTimer deadline={new Date(hold.hold_expires_at)} totalMs={holdMinutes * 60_000} onEnd={onEnd} />
        <span className={styles.number}>{hold.number}</span>
      </div>
      <ul className={styles.lines}>
        {hold.items.map((item) => (
          <li key={item.ticket_id}>
            <span>
              <span className="kit-numbers">{item.quantity}</span> × {names.get(item.ticket_id) ?? "Ticket"}
            </span>
            <span className="kit-numbers">{money(item.quantity * item.unit_price, hold.currency)}</span>
          </li>
        ))}
      </ul>
      <div className={styles.total}>
        <span>Total</span>
        <span className="kit-numbers">{money(hold.total, hold.currency)}</span>
      </div>
      <Button variant="default" fullWidth onClick={() => setAsking(true)}>
        Release
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Give back ${what}?`} centered>
        <p className={styles.question}>Others can take {what === "1 ticket" ? "it" : "them"} at once.</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsking(false)}>
            Keep
          </Button>
          <Button color="red.9" loading={release.isPending} onClick={() => release.mutate({ order_id: hold.id })}>
            Give back
          </Button>
        </Group>
      </Modal>
    </li>
  );
}
