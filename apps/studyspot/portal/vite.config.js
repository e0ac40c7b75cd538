import { definePortal } from "@millstream/config/vite";

export default definePortal({
  app: {
    name: "StudySpot",
    description: "See which seats of a library are free now, and keep one.",
    color: "#6f2fbd",
  },
});
