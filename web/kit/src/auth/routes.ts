/**
 * The routes of all account pages, for a portal to add to its own in one line:
 *
 *     routeTree: withAccountPages(root.addChildren([home]))
 *
 * Each page is loaded when somebody goes there. The portal's own routes keep their types.
 */
import { type AnyRoute, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { linkTo } from "./navigation";
import { PATHS } from "./paths";

interface Search {
  /** The path to go on to. */
  readonly next?: string;
}

function validateSearch({ next }: Record<string, unknown>): Search {
  return typeof next === "string" ? { next } : {};
}

/** Add the account pages to the portal's routes and return them. */
export function withAccountPages<Root extends AnyRoute>(root: Root): Root {
  const own = (root.children ?? []) as AnyRoute[];
  root.addChildren([...own, ...entrances(root), account(root)]);
  return root;
}

function entrances(parent: AnyRoute): AnyRoute[] {
  const getParentRoute = () => parent;
  const { signIn, signUp, forgotPassword, setPassword, callback, invitation } = PATHS;
  return [
    createRoute({
      getParentRoute,
      validateSearch,
      path: signIn,
      component: lazyRouteComponent(() => import("./pages/SignInPage"), "SignInPage"),
    }),
    createRoute({
      getParentRoute,
      validateSearch,
      path: signUp,
      component: lazyRouteComponent(() => import("./pages/SignUpPage"), "SignUpPage"),
    }),
    createRoute({
      getParentRoute,
      path: forgotPassword,
      component: lazyRouteComponent(() => import("./pages/ForgotPasswordPage"), "ForgotPasswordPage"),
    }),
    createRoute({
      getParentRoute,
      validateSearch,
      path: setPassword,
      component: lazyRouteComponent(() => import("./pages/SetPasswordPage"), "SetPasswordPage"),
    }),
    createRoute({
      getParentRoute,
      path: callback,
      component: lazyRouteComponent(() => import("./pages/CallbackPage"), "CallbackPage"),
    }),
    createRoute({
      getParentRoute,
      path: invitation,
      component: lazyRouteComponent(() => import("./pages/InvitationPage"), "InvitationPage"),
    }),
  ];
}

function account(parent: AnyRoute): AnyRoute {
  const layout = createRoute({
    getParentRoute: () => parent,
    path: PATHS.account,
    component: lazyRouteComponent(() => import("./AccountLayout"), "AccountLayout"),
  });
  const getParentRoute = () => layout;
  const index = createRoute({
    getParentRoute,
    path: "/",
    beforeLoad: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
      throw redirect(linkTo(PATHS.profile) as { to: string });
    },
  });
  const profile = createRoute({
    getParentRoute,
    path: "/profile",
    component: lazyRouteComponent(() => import("./pages/ProfilePage"), "ProfilePage"),
  });
  const security = createRoute({
    getParentRoute,
    path: "/security",
    component: lazyRouteComponent(() => import("./pages/SecurityPage"), "SecurityPage"),
  });
  const sessions = createRoute({
    getParentRoute,
    path: "/sessions",
    component: lazyRouteComponent(() => import("./pages/SessionsPage"), "SessionsPage"),
  });
  const organisations = createRoute({
    getParentRoute,
    path: "/organisations",
    component: lazyRouteComponent(() => import("./pages/OrganisationsPage"), "OrganisationsPage"),
  });
  const organisation = createRoute({
    getParentRoute,
    path: "/organisations/$id",
    component: lazyRouteComponent(() => import("./pages/OrganisationPage"), "OrganisationPage"),
  });
  return layout.addChildren([index, profile, security, sessions, organisations, organisation]);
}
