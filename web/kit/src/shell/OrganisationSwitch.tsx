/**
 * The organisation that the portal is used for, and changing it; nothing for people who belong to none or to one alone.
 */
import { Button, Menu } from "@mantine/core";
import { IconBuilding, IconCheck, IconSelector } from "@tabler/icons-react";
import { ROLE_NAMES } from "../auth";
import type { Binding } from "../client";
import { useOrganisations, useRefetchOnChange, useSession } from "../hooks";
import styles from "./OrganisationSwitch.module.css";

export function OrganisationSwitch() {
  const { organisations = [], current, choose } = useOrganisations();
  useOwnMemberships();
  if (!current || organisations.length < 2) return null;
  return (
    <Menu position="bottom-start" width={260} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          className={styles.button}
          aria-label={`Organisation: ${current.name}`}
          leftSection={<IconBuilding size={17} aria-hidden="true" />}
          rightSection={<IconSelector size={16} aria-hidden="true" />}
        >
          <span className={styles.name}>{current.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Work for</Menu.Label>
        {organisations.map(({ id, name, role }) => (
          <Menu.Item
            key={id}
            role="menuitemradio"
            aria-checked={id === current.id}
            rightSection={id === current.id ? <IconCheck size={16} aria-hidden="true" /> : null}
            onClick={() => choose(id)}
          >
            {name}
            <span className={styles.role}>{ROLE_NAMES[role]}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Keep the organisations of whoever is signed in current: joined, left, another role. */
function useOwnMemberships(): void {
  const { user, hasAccount } = useSession();
  const id = user?.id ?? "";
  const own: Binding = { event: "*", schema: "auth", table: "memberships", filter: `user_id=eq.${id}` };
  useRefetchOnChange(hasAccount ? `memberships:${id}` : null, [own], ["auth", "organisations"]);
}
