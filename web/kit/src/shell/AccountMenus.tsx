/**
 * The menus behind the picture of whoever uses the portal: a guest may make an account, an account is found here.
 */
import { Avatar, Menu, UnstyledButton } from "@mantine/core";
import {
  IconBuilding,
  IconDevices,
  IconLogin2,
  IconLogout,
  IconShieldLock,
  IconUser,
  IconUserCircle,
  IconUserPlus,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { linkTo, PATHS, useHere } from "../auth";
import { useSession } from "../hooks";
import { PersonAvatar } from "../ui";
import styles from "./UserMenu.module.css";

export function GuestMenu() {
  const here = useHere();
  return (
    <AvatarMenu
      label="Account: Guest"
      avatar={
        <Avatar size={36} color="brand" aria-hidden="true">
          <IconUser size={19} />
        </Avatar>
      }
      heading="You are a guest"
    >
      <Menu.Item
        leftSection={<IconUserPlus size={16} aria-hidden="true" />}
        renderRoot={(props) => <Link {...linkTo(PATHS.signUp, here)} {...props} />}
      >
        Create an account
      </Menu.Item>
      <Menu.Item
        leftSection={<IconLogin2 size={16} aria-hidden="true" />}
        renderRoot={(props) => <Link {...linkTo(PATHS.signIn, here)} {...props} />}
      >
        Sign in
      </Menu.Item>
    </AvatarMenu>
  );
}

const PAGES = [
  { to: PATHS.profile, label: "Profile", Sign: IconUserCircle },
  { to: PATHS.security, label: "Security", Sign: IconShieldLock },
  { to: PATHS.sessions, label: "Sessions", Sign: IconDevices },
  { to: PATHS.organisations, label: "Organisations", Sign: IconBuilding },
] as const;

export function AccountMenu({ name, email }: { readonly name: string; readonly email: string }) {
  const { signOut } = useSession();
  return (
    <AvatarMenu label={`Account: ${name}`} avatar={<PersonAvatar size={36} name={name} />} heading={email}>
      {PAGES.map(({ to, label, Sign }) => (
        <Menu.Item
          key={to}
          leftSection={<Sign size={16} aria-hidden="true" />}
          renderRoot={(props) => <Link {...linkTo(to)} {...props} />}
        >
          {label}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void signOut()}>
        Sign out
      </Menu.Item>
    </AvatarMenu>
  );
}

interface AvatarMenuProps {
  readonly label: string;
  readonly avatar: ReactNode;
  readonly heading: string;
  readonly children: ReactNode;
}

function AvatarMenu({ label, avatar, heading, children }: AvatarMenuProps) {
  return (
    <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={styles.button} aria-label={label}>
          {avatar}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={styles.heading}>{heading}</Menu.Label>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
