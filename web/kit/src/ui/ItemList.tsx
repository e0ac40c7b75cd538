/**
 * Things below each other, each with what is said of it and, at its end, what can be done with it.
 */
import type { ReactNode } from "react";
import styles from "./ItemList.module.css";

export function ItemList({ children }: { readonly children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}

interface ItemProps {
  readonly title: ReactNode;
  /** What is said below it: each a line of its own. */
  readonly details?: readonly ReactNode[];
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

export function Item({ title, details = [], action, children }: ItemProps) {
  return (
    <li className={styles.item}>
      <div className={styles.said}>
        {title}
        {details.map((detail, line) => detail !== "" && <p key={line}>{detail}</p>)}
        {children}
      </div>
      {action}
    </li>
  );
}
