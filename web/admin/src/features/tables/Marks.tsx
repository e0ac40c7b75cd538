/**
 * Short words beside or instead of values: roles, privacy, and names that may be many.
 */
import styles from "./Marks.module.css";

export function Mark({ children }: { readonly children: string }) {
  return <span className={styles.mark}>{children}</span>;
}

const MOST = 3;

/** The first few names, and how many more there are; all of them in the tooltip. */
export function Names({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <span className={styles.none}>none</span>;
  const rest = names.length - MOST;
  return (
    <span title={names.join("\n")}>
      {names.slice(0, MOST).join(", ")}
      {rest > 0 && ` and ${rest} more`}
    </span>
  );
}
