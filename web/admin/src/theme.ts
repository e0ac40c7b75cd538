/**
 * The colour of the admin view: the green of a mill race, which no portal has.
 */
import { portalTheme } from "@millstream/kit/ui";

export const theme = portalTheme([
  "#e8f7f4",
  "#cdebe5",
  "#9fd8cc",
  "#6cc3b2",
  "#42b19c",
  "#27a68e",
  "#179a83",
  "#0b7566",
  "#076355",
  "#034a40",
]);
