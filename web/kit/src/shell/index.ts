export type { Command, Palette } from "./commands";
export { NotFoundPage } from "./NotFoundPage";
export { PortalShell } from "./PortalShell";
export { portalRouterOptions } from "./router";
export type { NavigationItem } from "./SideBar";
