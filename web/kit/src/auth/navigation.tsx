/**
 * Links between the account pages, and going on to a path of the portal whose routes the kit does not know.
 */
import { Anchor, type AnchorProps } from "@mantine/core";
import { Link, type LinkProps, Navigate, useRouter, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type AccountPath, PATHS, safeNext } from "./paths";

interface PageLinkProps extends AnchorProps {
  readonly to: AccountPath;
  /** Where to go on to afterwards. */
  readonly next?: string | undefined;
  readonly children: ReactNode;
}

export function PageLink({ to, next, children, ...look }: PageLinkProps) {
  return (
    <Anchor renderRoot={(props) => <Link {...linkTo(to, next)} {...props} />} {...look}>
      {children}
    </Anchor>
  );
}

/** The properties of a router's link to an account page; a portal's own types need not know these routes. */
export function linkTo(to: AccountPath, next?: string): LinkProps {
  const search = next === undefined || next === "/" ? {} : { next };
  return { to, search } as unknown as LinkProps;
}

export function linkToOrganisation(id: string): LinkProps {
  return { to: `${PATHS.organisations}/$id`, params: { id } } as unknown as LinkProps;
}

/** Return a function that goes to a path of the portal in place of this page. */
export function useGoOn(): (path: string) => void {
  const router = useRouter();
  const base = router.basepath.replace(/\/$/, "");
  return (path) => router.history.replace(base + safeNext(path));
}

/** The path to go on to, from this page's address. */
export function useNext(): string {
  return useRouterState({ select: ({ location }) => safeNext((location.search as { next?: unknown }).next) });
}

/** This page as a path to come back to. */
export function useHere(): string {
  return useRouterState({ select: ({ location }) => safeNext(location.pathname + location.searchStr) });
}

export function ToSignIn() {
  // As it was at first: while the router is on its way, the address is already that of the sign-in page.
  const now = useHere();
  const [here] = useState(now);
  return <Navigate {...linkTo(PATHS.signIn, here)} replace />;
}
