/**
 * The states of a booking as people say them, each with a sign and a colour: none of them alone.
 */
import {
  IconBan,
  IconCheck,
  IconClockPause,
  IconDoorEnter,
  IconHourglassEmpty,
  IconThumbDown,
  IconUserOff,
} from "@tabler/icons-react";
import { type Tone, ToneBadge } from "../ToneBadge";

interface Shown {
  readonly label: string;
  readonly tone: Tone;
  readonly Sign: typeof IconCheck;
}

export const BOOKING_STATES: Readonly<Record<string, Shown>> = {
  held: { label: "Held", tone: "warn", Sign: IconClockPause },
  pending: { label: "Waits for an answer", tone: "warn", Sign: IconHourglassEmpty },
  confirmed: { label: "Confirmed", tone: "good", Sign: IconCheck },
  checked_in: { label: "Here now", tone: "good", Sign: IconDoorEnter },
  completed: { label: "Completed", tone: "quiet", Sign: IconCheck },
  declined: { label: "Declined", tone: "bad", Sign: IconThumbDown },
  expired: { label: "Ran out", tone: "quiet", Sign: IconHourglassEmpty },
  cancelled: { label: "Cancelled", tone: "bad", Sign: IconBan },
  no_show: { label: "Did not come", tone: "bad", Sign: IconUserOff },
};

/** A state that is not among them is shown by its own name. */
export function BookingBadge({ status }: { readonly status: string }) {
  const { label, tone, Sign } = BOOKING_STATES[status] ?? { label: status, tone: "quiet", Sign: IconCheck };
  return (
    <ToneBadge tone={tone} sign={<Sign size={14} aria-hidden="true" />}>
      {label}
    </ToneBadge>
  );
}
