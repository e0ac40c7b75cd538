/**
 * The states of a booking as people say them, each with a sign and a colour: none of them alone.
 */
import { Badge } from "@mantine/core";
import {
  IconBan,
  IconCheck,
  IconClockPause,
  IconDoorEnter,
  IconHourglassEmpty,
  IconThumbDown,
  IconUserOff,
} from "@tabler/icons-react";

interface Shown {
  readonly label: string;
  readonly color: string;
  readonly Sign: typeof IconCheck;
}

export const STATUSES: Readonly<Record<string, Shown>> = {
  held: { label: "Held", color: "yellow", Sign: IconClockPause },
  pending: { label: "Waits for an answer", color: "yellow", Sign: IconHourglassEmpty },
  confirmed: { label: "Confirmed", color: "teal", Sign: IconCheck },
  checked_in: { label: "Here now", color: "teal", Sign: IconDoorEnter },
  completed: { label: "Completed", color: "gray", Sign: IconCheck },
  declined: { label: "Declined", color: "red", Sign: IconThumbDown },
  expired: { label: "Ran out", color: "gray", Sign: IconHourglassEmpty },
  cancelled: { label: "Cancelled", color: "red", Sign: IconBan },
  no_show: { label: "Did not come", color: "red", Sign: IconUserOff },
};

export function StatusBadge({ status }: { readonly status: string }) {
  const { label, color, Sign } = STATUSES[status] ?? { label: status, color: "gray", Sign: IconCheck };
  return (
    <Badge color={color} variant="light" size="lg" autoContrast leftSection={<Sign size={14} aria-hidden="true" />}>
      {label}
    </Badge>
  );
}

/** Say whether a booking may still be moved or cancelled. */
export function isOpen(status: string): boolean {
  return status === "pending" || status === "confirmed";
}
