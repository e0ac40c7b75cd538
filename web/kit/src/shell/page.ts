/**
 * A route of a portal whose page is loaded when somebody goes there:
 *
 *     const place = page(root, "/places/$slug", () => import("./pages/PlacePage"), "PlacePage");
 */
import { type AnyRoute, createRoute, lazyRouteComponent, type RouteComponent } from "@tanstack/react-router";

/** `name` is what the module calls the page. */
export function page<Parent extends AnyRoute, const Path extends string, Name extends string>(
  parent: Parent,
  path: Path,
  load: () => Promise<Readonly<Record<Name, RouteComponent>>>,
  name: Name,
) {
  return createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load, name) });
}
