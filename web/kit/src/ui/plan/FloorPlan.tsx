/**
 * The floor plan of a place with zones: which seats are free, live, as a drawing or as a list.
 *
 * Any seat can be chosen, since one wants to know why a taken one is taken; the caller decides what may be done with it.
 */
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Legend } from "./Legend";
import { PlanCanvas } from "./PlanCanvas";
import { PlanSeats } from "./PlanSeats";
import styles from "./plan.module.css";
import { SEAT } from "./SeatMark";
import type { PlanSeat, PlanZone } from "./seats";
import { SeatList } from "./SeatList";
import { usePanZoom } from "./usePanZoom";
import { ZoneTabs } from "./ZoneTabs";

export interface FloorPlanProps {
  /** Whose plan it is. */
  readonly label: string;
  readonly zones: readonly PlanZone[];
  readonly seats: readonly PlanSeat[];
  /** The id of the seat that is chosen. */
  readonly selected?: string | null;
  readonly onSelect: (seat: PlanSeat) => void;
}

type Shape = "plan" | "list";

export function FloorPlan({ label, zones, seats, selected = null, onSelect }: FloorPlanProps) {
  const [chosenZone, setChosenZone] = useState<string | null>(null);
  const [shape, setShape] = useState<Shape>("plan");
  const ofSelected = seats.find(({ id }) => id === selected)?.zoneId;
  const zone = zones.find(({ id }) => id === (chosenZone ?? ofSelected)) ?? zones[0];
  if (!zone) return null;
  const shown = seats.filter(({ zoneId }) => zoneId === zone.id);
  const named = `${label}, ${zone.name}`;
  return (
    <div className={styles.plan}>
      <div className={styles.head}>
        <ZoneTabs zones={zones} seats={seats} zone={zone.id} onZone={setChosenZone} />
        <SegmentedControl<Shape>
          size="xs"
          aria-label="Show as"
          value={shape}
          onChange={setShape}
          data={[
            { value: "plan", label: "Plan" },
            { value: "list", label: "List" },
          ]}
        />
      </div>
      {shape === "plan" ? (
        <Drawing key={zone.id} {...{ zone, selected, onSelect }} label={named} seats={shown} />
      ) : (
        <SeatList label={named} seats={shown} selected={selected} onSelect={onSelect} />
      )}
      <Legend seats={shown} />
    </div>
  );
}

interface DrawingProps extends Pick<FloorPlanProps, "label" | "seats" | "onSelect"> {
  readonly zone: PlanZone;
  readonly selected: string | null;
}

function Drawing({ zone, label, ...seats }: DrawingProps) {
  const panZoom = usePanZoom(zone);
  return (
    <PlanCanvas zone={zone} label={label} panZoom={panZoom}>
      <PlanSeats {...seats} onReach={(seat) => panZoom.reveal(seat, SEAT)} wasDragged={panZoom.wasDragged} />
    </PlanCanvas>
  );
}
