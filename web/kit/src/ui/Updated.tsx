/** Says that a figure has just changed, beside it. */
import { IconSparkles } from "@tabler/icons-react";
import styles from "./Updated.module.css";

export function Updated() {
  return (
    <span className={styles.updated} role="status">
      <IconSparkles size={14} aria-hidden="true" /> Updated!
    </span>
  );
}
