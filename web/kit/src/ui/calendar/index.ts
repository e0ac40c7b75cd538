export { Calendar, type CalendarProps, type CalendarView } from "./Calendar";
export type { CalendarEntry, CalendarMove, CalendarResource } from "./entries";
export { MoveDialog } from "./MoveDialog";
