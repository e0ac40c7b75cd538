/**
 * Where one can go in a portal that is made for phones first: at the thumb on a phone, below the header elsewhere.
 */
import { Link } from "@tanstack/react-router";
import type { NavigationItem } from "./SideBar";
import styles from "./TabBar.module.css";

export function TabBar({ items }: { readonly items: readonly NavigationItem[] }) {
  return (
    <nav className={styles.tabs} aria-label="Main">
      <ul>
        {items.map(({ label, Sign, link, mark }) => (
          <li key={label}>
            <Link {...link} className={styles.tab} activeProps={{ className: styles.current ?? "" }}>
              <Sign size={22} aria-hidden="true" />
              <span>{label}</span>
              {mark}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
