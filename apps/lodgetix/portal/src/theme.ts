/**
 * The colour of LodgeTix: the blue of a lodge's regalia.
 */
import { portalTheme } from "@millstream/kit/ui";

export const theme = portalTheme([
  "#eef0ff",
  "#dcdffb",
  "#b6bcf0",
  "#8d96e6",
  "#6b76dd",
  "#5562d8",
  "#4957d6",
  "#3a48be",
  "#3240ab",
  "#273697",
]);
