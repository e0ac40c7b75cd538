export { Brand } from "./Brand";
export { KioskShell } from "./KioskShell";
export { NotFoundPage } from "./NotFoundPage";
export { NotificationsPage } from "./NotificationsPage";
export { PortalShell } from "./PortalShell";
export { PushSwitch } from "./PushSwitch";
export type { NavigationItem } from "./SideBar";
export type { Command, Palette } from "./commands";
export { page } from "./page";
export { portalRouterOptions } from "./router";
export { startPortal } from "./startPortal";
export {
  AdministratorPage,
  ConnectionsPage,
  HealthPage,
  mayManage,
  OfficePage,
  SignInFirst,
  UnseenBadge,
  unseenOf,
  useUnseen,
  type UseUnseen,
} from "./office";
