/**
 * Who the visitor is, and signing in as a demo user or out.
 */
import { Avatar, Menu, UnstyledButton } from "@mantine/core";
import { type DemoUser, type ProjectClient, signInAs, signOut, type User } from "@millstream/kit/client";
import { useProject, useSession } from "@millstream/kit/hooks";
import { showToast } from "@millstream/kit/ui";
import { IconLogout, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./AccountMenu.module.css";

export function AccountMenu() {
  const { client } = useProject();
  const { user, isLoading } = useSession();
  if (isLoading) return null;
  if (user) return <SignedIn name={nameOf(user)} onSignOut={() => void signOut(client)} />;
  return <DemoSignIn users={client.config.demoUsers ?? []} onChoose={(demoUser) => enter(client, demoUser)} />;
}

function enter(client: ProjectClient, demoUser: DemoUser): void {
  signInAs(client, demoUser).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    showToast({ id: "sign-in", kind: "problem", title: "Signing in did not work", message });
  });
}

function SignedIn({ name, onSignOut }: { readonly name: string; readonly onSignOut: () => void }) {
  return (
    <AvatarMenu label={`Account: ${name}`} avatar={initials(name)} heading={name}>
      <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
        Sign out
      </Menu.Item>
    </AvatarMenu>
  );
}

interface DemoSignInProps {
  readonly users: readonly DemoUser[];
  readonly onChoose: (demoUser: DemoUser) => void;
}

function DemoSignIn({ users, onChoose }: DemoSignInProps) {
  if (users.length === 0) return null;
  return (
    <AvatarMenu label="Sign in" avatar={<IconUser size={19} />} heading="Sign in to the demo as">
      {users.map((demoUser) => (
        <Menu.Item key={demoUser.email} leftSection={<IconUser size={16} />} onClick={() => onChoose(demoUser)}>
          {demoUser.label}
        </Menu.Item>
      ))}
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
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={styles.button} aria-label={label}>
          <Avatar size={34} color="brand" aria-hidden="true">
            {avatar}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{heading}</Menu.Label>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}

function nameOf(user: User): string {
  const fullName: unknown = user.user_metadata.full_name;
  if (typeof fullName === "string" && fullName !== "") return fullName;
  return user.email === undefined || user.email === "" ? "Guest" : user.email;
}

function initials(name: string): string {
  const words = name.split(/[\s.@]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}
