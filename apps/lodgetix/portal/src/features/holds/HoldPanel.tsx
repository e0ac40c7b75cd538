/**
 * What the visitor holds of this event, until when, and the way to give it back.
 */
import { IconTicket } from "@tabler/icons-react";
import { useRef } from "react";
import type { EventRow } from "../../rows";
import { useTicketTypes } from "../tickets/useTicketTypes";
import { HoldBar } from "./HoldBar";
import { HeldOrder } from "./HeldOrder";
import styles from "./HoldPanel.module.css";
import { OthersHolding } from "./OthersHolding";
import { useHolds } from "./useHolds";

export function HoldPanel({ event }: { readonly event: EventRow }) {
  const { holds, reload } = useHolds(event.id);
  const types = useTicketTypes(event.id);
  const names = new Map(types.data?.map((type) => [type.id, type.name]));
  const panel = useRef<HTMLElement>(null);
  const show = (): void => panel.current?.scrollIntoView({ block: "center" });
  return (
    <section className={styles.panel} ref={panel} data-testid="hold-panel">
      <HoldBar holds={holds} holdMinutes={event.hold_minutes} onShow={show} />
      <h2 className={styles.title}>
        <IconTicket size={22} aria-hidden="true" /> Your tickets
      </h2>
      <OthersHolding eventId={event.id} isHolding={holds.length > 0} />
      {holds.length === 0 ? (
        <p className={styles.empty}>
          Select a ticket and it is yours for {event.hold_minutes} minutes. Nobody else can take it meanwhile.
        </p>
      ) : (
        <ul className={styles.orders}>
          {holds.map((hold) => (
            <HeldOrder key={hold.id} hold={hold} names={names} holdMinutes={event.hold_minutes} onEnd={reload} />
          ))}
        </ul>
      )}
    </section>
  );
}
