export { DAYS, type HoursRange, type HoursRow, rangesOf, rowOf } from "./hours";
export { WeekHours } from "./WeekHours";
