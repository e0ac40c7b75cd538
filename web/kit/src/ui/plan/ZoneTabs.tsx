/** The zones of a place, each with how many of its seats are free now. */
import { UnstyledButton } from "@mantine/core";
import { clsx } from "clsx";
import { FlashNumber } from "../FlashNumber";
import styles from "./plan.module.css";
import type { PlanSeat, PlanZone } from "./seats";

interface Props {
  readonly zones: readonly PlanZone[];
  readonly seats: readonly PlanSeat[];
  readonly zone: string;
  readonly onZone: (zone: string) => void;
}

export function ZoneTabs({ zones, seats, zone, onZone }: Props) {
  const freeIn = (id: string): number =>
    seats.filter(({ zoneId, status }) => zoneId === id && status === "free").length;
  return (
    <div className={styles.zones} role="group" aria-label="Zone">
      {zones.map(({ id, name }) => (
        <UnstyledButton
          key={id}
          className={clsx(styles.zone, id === zone && styles.shown)}
          aria-pressed={id === zone}
          onClick={() => onZone(id)}
        >
          {name}{" "}
          <span className={styles.count}>
            <FlashNumber value={freeIn(id)} /> free
          </span>
        </UnstyledButton>
      ))}
    </div>
  );
}
