/**
 * A free time of a service, from today to its horizon. What is taken meanwhile disappears while one looks.
 */
import { SlotPicker } from "@millstream/kit/ui";
import { addDays, dayIn, visitorZone } from "@millstream/kit/time";
import { useState } from "react";
import { type FreeSlot, useFreeSlots } from "./useFreeSlots";

interface Props {
  readonly service: string;
  readonly provider: string;
  /** The zone of the place. */
  readonly zone: string;
  readonly chosen: FreeSlot | null;
  readonly onChoose: (slot: FreeSlot) => void;
}

const DAYS = 7;

export function ChooseSlot({ service, provider, zone, chosen, onChoose }: Props) {
  const today = dayIn(new Date(), visitorZone());
  const [firstDay, setFirstDay] = useState(today);
  // A day of the visitor may reach into the day before and the day after at the place.
  const days = { firstDay: addDays(firstDay, -1), lastDay: addDays(firstDay, DAYS) };
  const { slots, error, reload } = useFreeSlots({ service, provider, ...days });
  return (
    <SlotPicker
      label="Free times"
      slots={slots}
      placeZone={zone}
      firstDay={firstDay}
      onFirstDay={setFirstDay}
      earliestDay={today}
      days={DAYS}
      chosen={chosen}
      onChoose={onChoose}
      error={error}
      onRetry={reload}
    />
  );
}
