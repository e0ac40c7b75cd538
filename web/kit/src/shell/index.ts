export { NotFoundPage } from "./NotFoundPage";
export { NotificationsPage } from "./NotificationsPage";
export { PortalShell } from "./PortalShell";
export type { NavigationItem } from "./SideBar";
export type { Command, Palette } from "./commands";
export { portalRouterOptions } from "./router";
