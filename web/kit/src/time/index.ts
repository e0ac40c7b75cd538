export { sayAgo, sayDay, sayDays, sayDuration, sayMoment, sayOwnTime, sayRange, sayTime, sayZone } from "./sayings";
export { isZoneNamed, zonesWith } from "./zoneNames";
export { addDays, dayIn, instantAt, mondayOf, visitorZone, wallTime } from "./zones";
