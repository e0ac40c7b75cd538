/**
 * Shows what is announced in the moment it is: to everybody by the platform, by a library to those who look at it.
 */
import { AnnouncementNews as News } from "@millstream/kit/ui";

const EVENTS = ["global:notification", "library:announcement"];

export function AnnouncementNews() {
  return <News events={EVENTS} />;
}
