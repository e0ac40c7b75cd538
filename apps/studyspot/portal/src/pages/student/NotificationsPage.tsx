/**
 * What a student was told, and whether on this device, too.
 */
import { NotificationsPage as Notifications, PushSwitch } from "@millstream/kit/shell";

export function NotificationsPage() {
  return <Notifications settings={<PushSwitch />} />;
}
