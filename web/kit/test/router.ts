/**
 * Gives the kit's own program a router with types, as every portal has one: what compiles here compiles there.
 */
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

export function createKitRouter() {
  const root = createRootRoute();
  const thing = createRoute({ getParentRoute: () => root, path: "/things/$id" });
  return createRouter({ routeTree: root.addChildren([thing]) });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createKitRouter>;
  }
}
