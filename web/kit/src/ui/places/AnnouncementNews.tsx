/**
 * Shows what is announced in the moment in which it is: each event of these is a row of `announcements`.
 */
import { useRoomEvent } from "../../hooks";
import { showToast } from "../toasts";
import type { Announcement } from "./Announcements";
import { severityOf } from "./severities";

export function AnnouncementNews({ events }: { readonly events: readonly string[] }) {
  return events.map((event) => <News key={event} event={event} />);
}

function News({ event }: { readonly event: string }) {
  useRoomEvent<Announcement>(event, ({ id, title, body, severity }) =>
    showToast({ id: `announcement:${id}`, kind: severityOf(severity).toast, title, message: body }),
  );
  return null;
}
