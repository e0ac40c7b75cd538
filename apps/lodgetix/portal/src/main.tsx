import { startPortal } from "@millstream/kit/shell";
import { createPortalRouter } from "./routes";
import { theme } from "./theme";

void startPortal({ name: "LodgeTix", theme, router: createPortalRouter() });
