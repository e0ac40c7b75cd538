export { AnnouncementNews } from "./AnnouncementNews";
export { Announcements } from "./Announcements";
export { type ApprovedPlace, waitingFirst } from "./approval";
export { ApprovalTable, Standing } from "./ApprovalTable";
export { ClosedDays, comingOf } from "./ClosedDays";
export { NewPlaceForm } from "./NewPlaceForm";
export { type NewPlace, slugOf } from "./newPlace";
export { OpeningWeek, saveHours } from "./OpeningWeek";
export type { Place } from "./place";
