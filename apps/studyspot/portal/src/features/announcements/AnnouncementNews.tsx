/**
 * Shows what is announced in the moment it is: to everybody by the platform, by a library to those who look at it.
 */
import { useRoomEvent } from "@millstream/kit/hooks";
import { showToast, type ToastKind } from "@millstream/kit/ui";
import type { AnnouncementRow } from "../../rows";

const KINDS: Readonly<Record<string, ToastKind>> = { info: "news", success: "good", warning: "warning" };

export function AnnouncementNews() {
  useRoomEvent<AnnouncementRow>("global:notification", tell);
  useRoomEvent<AnnouncementRow>("library:announcement", tell);
  return null;
}

function tell({ id, title, body, severity }: Pick<AnnouncementRow, "id" | "title" | "body" | "severity">): void {
  showToast({ id: `announcement:${id}`, kind: KINDS[severity] ?? "news", title, message: body });
}
