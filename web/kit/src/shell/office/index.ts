export { mayManage, OfficePage, SignInFirst } from "./OfficePage";
export { UnseenBadge } from "./UnseenBadge";
export { unseenOf, useUnseen, type UseUnseen } from "./useUnseen";
