export { AnnouncementNews } from "./AnnouncementNews";
export { Announcements } from "./Announcements";
export { type ApprovedPlace, waitingFirst } from "./approval";
export { ApprovalTable, Standing } from "./ApprovalTable";
export { ClosedDays, comingOf } from "./ClosedDays";
export { OpeningWeek, saveHours } from "./OpeningWeek";
export type { Place } from "./place";
