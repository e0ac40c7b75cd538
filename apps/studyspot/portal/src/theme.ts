/**
 * The colour of StudySpot: the violet of the evening at which one still sits over a book.
 */
import { portalTheme } from "@millstream/kit/ui";

export const theme = portalTheme([
  "#f7effe",
  "#ebdcfb",
  "#d3b8f3",
  "#b98fec",
  "#a26be4",
  "#8a45dc",
  "#7e3ccf",
  "#6f2fbd",
  "#6228a7",
  "#522091",
]);
