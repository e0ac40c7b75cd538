/**
 * How many others hold tickets of the event at this moment, which is why a count may come back. Nobody is named: a page
 * is known by a number of its own, and shows itself only while it holds something.
 */
import { usePresence } from "@millstream/kit/hooks";
import { PresenceAvatars } from "@millstream/kit/ui";
import { useState } from "react";
import styles from "./HoldPanel.module.css";

interface Props {
  readonly eventId: string;
  readonly isHolding: boolean;
}

const HOLDING = { holding: true } as const;

export function OthersHolding({ eventId, isHolding }: Props) {
  const [presenceKey] = useState(() => Math.random().toString(36).slice(2));
  const { others } = usePresence<typeof HOLDING>({
    topic: `holding:${eventId}`,
    presenceKey,
    state: isHolding ? HOLDING : null,
  });
  if (others.length === 0) return null;
  return (
    <div className={styles.others}>
      <PresenceAvatars people={others.map(({ key }) => ({ key, name: "Somebody" }))} size={28} />
      {sayOthers(others.length)}
    </div>
  );
}

/** Say how many others hold something. Pure. */
export function sayOthers(count: number): string {
  return count === 1 ? "1 other person holds tickets now" : `${count} other people hold tickets now`;
}
