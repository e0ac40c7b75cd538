/**
 * On phones, where the panel is below the tickets: a bar at the foot of the screen that says what is held.
 */
import { Button } from "@mantine/core";
import { CountdownTimer } from "@millstream/kit/ui";
import styles from "./HoldBar.module.css";
import { type Hold, ticketsOf } from "./useHolds";

interface Props {
  readonly holds: readonly Hold[];
  readonly holdMinutes: number;
  readonly onShow: () => void;
}

export function HoldBar({ holds, holdMinutes, onShow }: Props) {
  const [first] = holds.toSorted((a, b) => Date.parse(a.hold_expires_at) - Date.parse(b.hold_expires_at));
  if (!first) return null;
  return (
    <div className={styles.bar}>
      <CountdownTimer deadline={new Date(first.hold_expires_at)} totalMs={holdMinutes * 60_000} />
      <span>{ticketsOf(holds.flatMap((hold) => hold.items))} held</span>
      <Button size="compact-md" variant="light" onClick={onShow}>
        Show
      </Button>
    </div>
  );
}
