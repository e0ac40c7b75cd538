export { AdministratorPage } from "./AdministratorPage";
export { mayManage, OfficePage, SignInFirst } from "./OfficePage";
export { ConnectionsPage, HealthPage } from "./operatingPages";
export { UnseenBadge } from "./UnseenBadge";
export { unseenOf, useUnseen, type UseUnseen } from "./useUnseen";
