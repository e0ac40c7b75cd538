/**
 * The seats of a zone as buttons: one of them is reached by Tab, the others from there by the arrow keys.
 */
import { clsx } from "clsx";
import { type KeyboardEvent, useRef, useState } from "react";
import styles from "./plan.module.css";
import { SeatMark } from "./SeatMark";
import { isDirection, nextSeat, type PlanSeat, saySeat } from "./seats";

interface Props {
  readonly seats: readonly PlanSeat[];
  readonly selected: string | null;
  readonly onSelect: (seat: PlanSeat) => void;
  readonly onReach: (seat: PlanSeat) => void;
  /** Whether a click was the end of a drag. */
  readonly wasDragged: () => boolean;
}

export function PlanSeats({ seats, selected, onSelect, onReach, wasDragged }: Props) {
  const [reached, setReached] = useState<string | null>(null);
  const marks = useRef(new Map<string, SVGGElement>());
  const entrance = entranceOf(seats, [reached, selected]);

  const press = (event: KeyboardEvent, seat: PlanSeat): void => {
    if (event.key === "Enter" || event.key === " ") onSelect(seat);
    else if (isDirection(event.key)) marks.current.get(nextSeat(seat, seats, event.key)?.id ?? seat.id)?.focus();
    else return;
    event.preventDefault();
  };
  return seats.map((seat) => (
    <g
      key={seat.id}
      ref={(mark) => {
        if (mark) marks.current.set(seat.id, mark);
        else marks.current.delete(seat.id);
      }}
      className={clsx(styles.place, seat.isFaint && styles.faint)}
      transform={`translate(${seat.x} ${seat.y})`}
      role="button"
      tabIndex={seat.id === entrance ? 0 : -1}
      aria-label={saySeat(seat)}
      aria-pressed={seat.id === selected}
      onClick={() => {
        if (!wasDragged()) onSelect(seat);
      }}
      onKeyDown={(event) => press(event, seat)}
      onFocus={() => {
        setReached(seat.id);
        onReach(seat);
      }}
    >
      <title>{saySeat(seat)}</title>
      <SeatMark label={seat.label} status={seat.status} isSelected={seat.id === selected} />
    </g>
  ));
}

/** Where Tab leads to: where one was, what is chosen, the first that is free, the first. */
function entranceOf(seats: readonly PlanSeat[], wanted: readonly (string | null)[]): string | undefined {
  const known = wanted.find((id) => seats.some((seat) => seat.id === id));
  return known ?? (seats.find(({ status }) => status === "free") ?? seats[0])?.id;
}
