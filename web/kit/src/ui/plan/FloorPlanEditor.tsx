/**
 * The plan of one zone, to be changed: seats are moved by dragging or by the arrow keys, added and removed. Nothing is
 * saved here; the caller keeps the seats and is told of each change.
 */
import { IconArmchair, IconTrash } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { PlanCanvas, Tool } from "./PlanCanvas";
import styles from "./plan.module.css";
import { SEAT, SeatMark } from "./SeatMark";
import { isDirection, type PlanZone, step } from "./seats";
import { type PanZoom, usePanZoom } from "./usePanZoom";
import { middleOf, placed, type Point } from "./view";

export interface EditedSeat extends Point {
  readonly key: string;
  readonly label: string;
  /** Whether it can be booked; what is not stays on the plan. */
  readonly active: boolean;
}

export interface FloorPlanEditorProps {
  readonly zone: PlanZone;
  readonly seats: readonly EditedSeat[];
  /** The key of the seat that is chosen. */
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
  readonly onMove: (key: string, to: Point) => void;
  readonly onAdd: (at: Point) => void;
  readonly onRemove: (key: string) => void;
}

/** The lines that seats are put on. */
const GRID = 4;

export function FloorPlanEditor({ zone, seats, selected, onSelect, onMove, onAdd, onRemove }: FloorPlanEditorProps) {
  const panZoom = usePanZoom(zone);
  const { view, reveal, planPoint } = panZoom;
  const tools = (
    <>
      <Tool label="Add a seat" onClick={() => onAdd(placed(middleOf(view, zone), zone, GRID))}>
        <IconArmchair size={18} aria-hidden="true" />
      </Tool>
      <Tool
        label="Remove the chosen seat"
        disabled={selected === null}
        onClick={() => {
          if (selected !== null) onRemove(selected);
        }}
      >
        <IconTrash size={18} aria-hidden="true" />
      </Tool>
    </>
  );
  return (
    <div className={styles.plan}>
      <PlanCanvas zone={zone} label={`${zone.name}, to be changed`} panZoom={panZoom} tools={tools}>
        {seats.map((seat) => (
          <MovableSeat
            key={seat.key}
            seat={seat}
            zone={zone}
            isSelected={seat.key === selected}
            planPoint={planPoint}
            onSelect={() => {
              onSelect(seat.key);
              reveal(seat, SEAT);
            }}
            onMove={(to) => onMove(seat.key, to)}
            onRemove={() => onRemove(seat.key)}
          />
        ))}
      </PlanCanvas>
      <p className={styles.hint}>
        Drag a seat, or choose it and use the arrow keys (with Shift in larger steps). Delete removes it.
      </p>
    </div>
  );
}

interface MovableProps extends Pick<PanZoom, "planPoint"> {
  readonly seat: EditedSeat;
  readonly zone: PlanZone;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
  readonly onMove: (to: Point) => void;
  readonly onRemove: () => void;
}

function MovableSeat({ seat, zone, isSelected, planPoint, onSelect, onMove, onRemove }: MovableProps) {
  // Where within the seat it was taken hold of.
  const [held, setHeld] = useState<Point | null>(null);
  const take = (event: PointerEvent<SVGGElement>): void => {
    event.stopPropagation(); // the plan stays where it is
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = planPoint(event);
    setHeld({ x: at.x - seat.x, y: at.y - seat.y });
    onSelect();
  };
  const drag = (event: PointerEvent<SVGGElement>): void => {
    if (!held) return;
    const at = planPoint(event);
    const to = placed({ x: at.x - held.x, y: at.y - held.y }, zone, GRID);
    if (to.x !== seat.x || to.y !== seat.y) onMove(to);
  };
  const press = (event: KeyboardEvent): void => {
    if (isDirection(event.key)) {
      const by = step(event.key, event.shiftKey ? GRID * 5 : GRID);
      onMove(placed({ x: seat.x + by.x, y: seat.y + by.y }, zone, 1));
    } else if (event.key === "Delete" || event.key === "Backspace") onRemove();
    else if (event.key === "Enter" || event.key === " ") onSelect();
    else return;
    event.preventDefault();
  };
  return (
    <g
      className={styles.movable}
      transform={`translate(${seat.x} ${seat.y})`}
      role="button"
      tabIndex={0}
      aria-label={`Seat ${seat.label}${seat.active ? "" : ", not to be booked"}, at ${seat.x}, ${seat.y}`}
      aria-pressed={isSelected}
      onFocus={onSelect}
      onKeyDown={press}
      onPointerDown={take}
      onPointerMove={drag}
      onPointerUp={() => setHeld(null)}
      onPointerCancel={() => setHeld(null)}
    >
      <SeatMark label={seat.label} status={seat.active ? "free" : "out_of_order"} isSelected={isSelected} />
    </g>
  );
}
