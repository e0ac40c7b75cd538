/**
 * Where one can go in a portal: beside the page on a desktop, behind a button on a phone.
 */
import { Burger, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Icon } from "@tabler/icons-react";
import { Link, type LinkProps, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import styles from "./SideBar.module.css";

export interface NavigationItem {
  readonly label: string;
  readonly Sign: Icon;
  readonly link: LinkProps;
  /** Stands at the end: a count, a pulsing dot. */
  readonly mark?: ReactNode;
}

interface Props {
  readonly items: readonly NavigationItem[];
}

export function SideBar({ items }: Props) {
  return (
    <nav className={styles.side} aria-label="Main">
      <Items items={items} />
    </nav>
  );
}

export function SideBarButton({ items }: Props) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [path, close]);
  return (
    <div className={styles.button}>
      <Burger size="sm" opened={opened} onClick={toggle} aria-label="Menu" aria-expanded={opened} />
      <Drawer opened={opened} onClose={close} title="Menu" size={280} closeButtonProps={{ "aria-label": "Close" }}>
        <nav aria-label="Main">
          <Items items={items} />
        </nav>
      </Drawer>
    </div>
  );
}

function Items({ items }: Props) {
  return (
    <ul className={styles.items}>
      {items.map(({ label, Sign, link, mark }) => (
        <li key={label}>
          <Link {...link} className={styles.item} activeProps={{ className: styles.current ?? "" }}>
            <Sign size={20} aria-hidden="true" />
            <span className={styles.label}>{label}</span>
            {mark}
          </Link>
        </li>
      ))}
    </ul>
  );
}
