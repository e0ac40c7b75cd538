/**
 * The time for which something is held; nothing where it is held for good.
 */
import { CountdownTimer } from "../CountdownTimer";

export interface Hold {
  readonly since: string;
  readonly until: string | null;
}

interface Props {
  readonly hold: Hold;
  /** Called once, when the time is over while it is shown. */
  readonly onEnd?: () => void;
}

export function HoldCountdown({ hold: { since, until }, onEnd }: Props) {
  if (until === null) return null;
  const deadline = new Date(until);
  const totalMs = deadline.getTime() - Date.parse(since);
  return <CountdownTimer deadline={deadline} totalMs={totalMs} {...(onEnd && { onEnd })} />;
}
