export { NotificationsPage } from "@millstream/kit/shell";
