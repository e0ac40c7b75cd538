export { AnnouncementNews } from "./AnnouncementNews";
export { Announcements } from "./Announcements";
export { ClosedDays, comingOf } from "./ClosedDays";
export { OpeningWeek, saveHours } from "./OpeningWeek";
export type { Place } from "./place";
