/**
 * The day and time that the page shows. They stand in the address, so that a link, a reload and the back button bring
 * them back; what cannot be had (any more) becomes the next that can.
 */
import { useSearchParams } from "@millstream/kit/hooks";
import { clockOf, type DayRange, fitted, minutesOf, type Schedule } from "./dayRange";
import type { LibraryRow } from "../../rows";

export interface UseDayRange {
  /** Null where the library is closed on every day that can be booked. */
  readonly range: DayRange | null;
  readonly choose: (range: DayRange) => void;
}

export function useDayRange(library: LibraryRow, schedule: Schedule, now: number): UseDayRange {
  const { params, change } = useSearchParams();
  const asked = {
    ...(params.day !== undefined && { day: params.day }),
    ...minutesIn("start", params.from),
    ...minutesIn("end", params.until),
  };
  const choose = ({ day, start, end }: DayRange): void => change({ day, from: clockOf(start), until: clockOf(end) });
  return { range: fitted(asked, library, schedule, now), choose };
}

function minutesIn(name: "start" | "end", clock: string | undefined): Partial<Record<"start" | "end", number>> {
  const minutes = minutesOf(clock ?? "");
  return Number.isInteger(minutes) ? { [name]: minutes } : {};
}
