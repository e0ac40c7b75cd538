import { keepQueries } from "@millstream/kit/query";
import { startPortal } from "@millstream/kit/shell";
import { createPortalRouter } from "./routes";
import { theme } from "./theme";

void startPortal({ name: "StudySpot", theme, router: createPortalRouter(), keep: keepQueries });
