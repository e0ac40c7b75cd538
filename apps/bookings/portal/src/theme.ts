/**
 * The colour of Bookings: the green of a free place.
 */
import { portalTheme } from "@millstream/kit/ui";

export const theme = portalTheme([
  "#e6f7f2",
  "#d2ece4",
  "#a5d8c9",
  "#75c3ac",
  "#4eb194",
  "#0f8168",
  "#0d7d65",
  "#0b7a63",
  "#076b57",
  "#00594a",
]);
