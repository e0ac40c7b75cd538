/** What the looks of seats mean, and how many of each there are. */
import styles from "./plan.module.css";
import { SEAT, SeatMark } from "./SeatMark";
import { type PlanSeat, STATUS_LABELS, STATUSES } from "./seats";

const AROUND = SEAT + 4;

export function Legend({ seats }: { readonly seats: readonly PlanSeat[] }) {
  const shown = STATUSES.map((status) => ({ status, count: seats.filter((seat) => seat.status === status).length }));
  return (
    <ul className={styles.legend} aria-label="Legend">
      {shown
        .filter(({ status, count }) => count > 0 || status === "free")
        .map(({ status, count }) => (
          <li key={status}>
            <svg
              viewBox={`${-AROUND / 2} ${-AROUND / 2} ${AROUND} ${AROUND}`}
              width={22}
              height={22}
              aria-hidden="true"
            >
              <SeatMark label="" status={status} />
            </svg>
            {STATUS_LABELS[status]} <span className="kit-numbers">{count}</span>
          </li>
        ))}
    </ul>
  );
}
