/**
 * What the routers of all portals have in common: where they are, and what stands there while a page is on its way or
 * when it does not come.
 */
import { projectUrl } from "../client";
import { LoadingState } from "../ui";
import { FailedPage } from "./FailedPage";
import styles from "./router.module.css";

export function portalRouterOptions() {
  return {
    basepath: projectUrl().pathname,
    scrollRestoration: true,
    defaultPreload: "intent",
    defaultErrorComponent: FailedPage,
    defaultPendingComponent: PendingPage,
  } as const;
}

function PendingPage() {
  return <LoadingState label="Loading the page" count={2} height={160} className={styles.pending} />;
}
