/**
 * What is wrong with the project now, the worst first; nothing when nothing is.
 */
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { clsx } from "clsx";
import type { Problem, Severity } from "../admin/answers";
import styles from "./Problems.module.css";

const RANK: Record<Severity, number> = { failed: 0, critical: 1, warning: 2 };
const WORDS: Record<Severity, string> = { failed: "Failed", critical: "Critical", warning: "Warning" };

export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  const worstFirst = problems.toSorted((one, other) => RANK[one.severity] - RANK[other.severity]);
  return (
    <ul className={styles.problems} aria-label="Problems">
      {worstFirst.map(({ what, severity, code, why }) => (
        <li key={`${what}.${code}`} className={clsx(styles.problem, severity === "warning" && styles.warning)}>
          {severity === "failed" ? <IconCircleX size={20} /> : <IconAlertTriangle size={20} />}
          <span>
            <strong>
              {WORDS[severity]}: {what}.
            </strong>{" "}
            {why}
          </span>
          <code>{code}</code>
        </li>
      ))}
    </ul>
  );
}
