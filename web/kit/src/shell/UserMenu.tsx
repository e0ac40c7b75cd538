/**
 * Who uses the portal: a stranger may sign in, somebody who is signed in has a menu, which is loaded only then.
 */
import { Button } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { linkTo, nameOf, PATHS, useHere } from "../auth";
import { useSession } from "../hooks";
import styles from "./UserMenu.module.css";

const GuestMenu = lazy(async () => ({ default: (await import("./AccountMenus")).GuestMenu }));
const AccountMenu = lazy(async () => ({ default: (await import("./AccountMenus")).AccountMenu }));

export function UserMenu() {
  const { user, isLoading, hasAccount } = useSession();
  if (isLoading) return null;
  if (user === null) return <SignInButton />;
  return (
    <Suspense fallback={<span className={styles.place} />}>
      {hasAccount ? <AccountMenu name={nameOf(user)} email={user.email ?? ""} /> : <GuestMenu />}
    </Suspense>
  );
}

function SignInButton() {
  const here = useHere();
  return (
    <Button
      variant="light"
      size="sm"
      leftSection={<IconLogin2 size={17} aria-hidden="true" />}
      renderRoot={(props) => <Link {...linkTo(PATHS.signIn, here)} {...props} />}
    >
      Sign in
    </Button>
  );
}
