export { DayRangePicker, type DayRangePickerProps } from "./DayRangePicker";
export {
  bookableOf,
  type DayRange,
  type DayRules,
  fitted,
  instantsOf,
  openingsOf,
  type WeekSchedule,
} from "./dayRange";
export { type Openness, openness } from "./openness";
export { OpeningHours } from "./OpeningHours";
export { type UseDayRange, useDayRange } from "./useDayRange";
