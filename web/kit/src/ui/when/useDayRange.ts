/**
 * The day and time that the page shows. They stand in the address, so that a link, a reload and the back button bring
 * them back; what cannot be had (any more) becomes the next that can.
 */
import { useSearchParams } from "../../hooks";
import { clockOf, type DayRange, fitted, minutesOf, type DayRules, type WeekSchedule } from "./dayRange";

export interface UseDayRange {
  /** Null where the place is closed on every day that can be booked. */
  readonly range: DayRange | null;
  readonly choose: (range: DayRange) => void;
}

export function useDayRange(rules: DayRules, schedule: WeekSchedule, now: number): UseDayRange {
  const { params, change } = useSearchParams();
  const asked = {
    ...(params.day !== undefined && { day: params.day }),
    ...minutesIn("start", params.from),
    ...minutesIn("end", params.until),
  };
  const choose = ({ day, start, end }: DayRange): void => change({ day, from: clockOf(start), until: clockOf(end) });
  return { range: fitted(asked, rules, schedule, now), choose };
}

function minutesIn(name: "start" | "end", clock: string | undefined): Partial<Record<"start" | "end", number>> {
  const minutes = minutesOf(clock ?? "");
  return Number.isInteger(minutes) ? { [name]: minutes } : {};
}
