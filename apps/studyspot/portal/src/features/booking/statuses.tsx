/**
 * The states of a booking as people say them, each with a sign and a colour: none of them alone.
 */
import { type Tone, ToneBadge } from "@millstream/kit/ui";
import {
  IconBan,
  IconCheck,
  IconClockPause,
  IconDoorEnter,
  IconHourglassEmpty,
  IconUserOff,
} from "@tabler/icons-react";

interface Shown {
  readonly label: string;
  readonly tone: Tone;
  readonly Sign: typeof IconCheck;
}

export const STATUSES: Readonly<Record<string, Shown>> = {
  held: { label: "Held", tone: "warn", Sign: IconClockPause },
  confirmed: { label: "Confirmed", tone: "good", Sign: IconCheck },
  checked_in: { label: "Here now", tone: "good", Sign: IconDoorEnter },
  completed: { label: "Completed", tone: "quiet", Sign: IconCheck },
  no_show: { label: "Did not come", tone: "bad", Sign: IconUserOff },
  cancelled: { label: "Cancelled", tone: "bad", Sign: IconBan },
  expired: { label: "Ran out", tone: "quiet", Sign: IconHourglassEmpty },
};

export function StatusBadge({ status }: { readonly status: string }) {
  const { label, tone, Sign } = STATUSES[status] ?? { label: status, tone: "quiet", Sign: IconCheck };
  return (
    <ToneBadge tone={tone} sign={<Sign size={14} aria-hidden="true" />}>
      {label}
    </ToneBadge>
  );
}
