/**
 * One kind of ticket: what it is, what it costs, how many are left at this moment, and the button that holds some.
 *
 * The button waits for the server: the last ticket is nobody's until PostgreSQL says whose it is.
 */
import { Button } from "@mantine/core";
import { AvailabilityBadge, FlashNumber, money } from "@millstream/kit/ui";
import { IconCheck } from "@tabler/icons-react";
import { clsx } from "clsx";
import { useId, useState } from "react";
import type { EventTicketRow } from "../../rows";
import { QuantityStepper } from "./QuantityStepper";
import { useTicketAvailability } from "./ticketAvailability";
import styles from "./TicketOption.module.css";

interface Props {
  readonly ticket: EventTicketRow;
  readonly onSale: boolean;
  readonly isHeld: boolean;
  readonly isSelecting: boolean;
  readonly selectTicket: (ticket: EventTicketRow, quantity: number) => void;
}

export function TicketOption({ ticket, onSale, isHeld, isSelecting, selectTicket }: Props) {
  const { available, isLive } = useTicketAvailability(ticket.id);
  const nameId = useId();
  return (
    <div className={clsx("ticket-option", styles.option, available === 0 && !isHeld && styles.gone)}>
      <div className={styles.words}>
        <h3 id={nameId}>{ticket.name}</h3>
        {ticket.description && <p className={styles.description}>{ticket.description}</p>}
        <div className={clsx("availability", styles.availability)}>
          {isLive && <LiveIndicator />}
          <Left available={available} />
        </div>
      </div>
      <div className={styles.act}>
        <p className={clsx("price", "kit-numbers", styles.price)}>{money(ticket.price, ticket.currency)}</p>
        {isHeld ? (
          <span className={styles.held}>
            <IconCheck size={17} aria-hidden="true" /> Held for you
          </span>
        ) : (
          <Choose
            most={onSale ? Math.min(available, ticket.max_per_person) : 0}
            ticketName={ticket.name}
            describedBy={nameId}
            label={available === 0 ? "Sold Out" : "Select"}
            isSelecting={isSelecting}
            onSelect={(quantity) => selectTicket(ticket, quantity)}
          />
        )}
      </div>
    </div>
  );
}

function LiveIndicator() {
  return (
    <span className={clsx("live-indicator", styles.live)}>
      <span className="kit-pulse" aria-hidden="true" />
      LIVE
    </span>
  );
}

interface ChooseProps {
  /** How many can be had; zero closes the choice. */
  readonly most: number;
  readonly ticketName: string;
  readonly describedBy: string;
  readonly label: string;
  readonly isSelecting: boolean;
  readonly onSelect: (quantity: number) => void;
}

function Choose({ most, ticketName, describedBy, label, isSelecting, onSelect }: ChooseProps) {
  const [wanted, setWanted] = useState(1);
  const quantity = Math.min(wanted, Math.max(1, most));
  return (
    <div className={styles.buttons}>
      {most > 0 && <QuantityStepper value={quantity} most={most} of={ticketName} onChange={setWanted} />}
      <Button
        disabled={most === 0}
        loading={isSelecting}
        aria-describedby={describedBy}
        onClick={() => onSelect(quantity)}
      >
        {label}
      </Button>
    </div>
  );
}

function Left({ available }: { readonly available: number }) {
  if (available === 0) {
    return (
      <AvailabilityBadge level="none" className="sold-out">
        SOLD OUT
      </AvailabilityBadge>
    );
  }
  if (available < 10) {
    return (
      <AvailabilityBadge level="low" className="low-stock">
        Only <FlashNumber value={available} /> left!
      </AvailabilityBadge>
    );
  }
  return (
    <AvailabilityBadge level="plenty" className="in-stock">
      <FlashNumber value={available} /> available
    </AvailabilityBadge>
  );
}
