/**
 * Two parts of a page beside each other, the first the wider; below each other where there is no room for both.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import styles from "./Columns.module.css";

interface Props {
  /** Both of the same width. */
  readonly even?: boolean;
  readonly children: ReactNode;
}

export function Columns({ even = false, children }: Props) {
  return <div className={clsx(styles.columns, even && styles.even)}>{children}</div>;
}
