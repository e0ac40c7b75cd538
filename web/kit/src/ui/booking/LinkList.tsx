/**
 * Things as a list of links, each with what is said of it and its state at the end.
 */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import styles from "./LinkList.module.css";

interface ListProps {
  readonly label: string;
  /** The items. */
  readonly children: ReactNode;
}

interface ItemProps {
  readonly link: LinkProps;
  readonly title: ReactNode;
  readonly detail: ReactNode;
  /** Said of the detail where a pointer rests. */
  readonly hint?: string | null;
  readonly state: ReactNode;
}

export function LinkList({ label, children }: ListProps) {
  return (
    <ul className={styles.list} aria-label={label}>
      {children}
    </ul>
  );
}

export function LinkItem({ link, title, detail, hint, state }: ItemProps) {
  return (
    <li className={styles.item}>
      <div>
        <Link {...link} className={styles.link}>
          {title}
        </Link>
        <p title={hint ?? undefined}>{detail}</p>
      </div>
      {state}
    </li>
  );
}
