export { NotFoundPage } from "./NotFoundPage";
export { PortalShell } from "./PortalShell";
export type { NavigationItem } from "./SideBar";
