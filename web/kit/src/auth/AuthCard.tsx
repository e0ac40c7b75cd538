/**
 * The frame of the pages before one is signed in: a heading, what belongs to it, and where else one may want to go.
 */
import type { ReactNode } from "react";
import { PageHeading } from "../ui";
import styles from "./AuthCard.module.css";

interface Props {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly footer?: ReactNode;
  /** Stands below the card, on the page's own ground. */
  readonly below?: ReactNode;
  readonly children?: ReactNode;
}

export function AuthCard({ title, lead, footer, below, children }: Props) {
  return (
    <div className={styles.page}>
      <div className={styles.card}>
        <PageHeading lead={lead}>{title}</PageHeading>
        {children}
      </div>
      {footer !== undefined && <div className={styles.footer}>{footer}</div>}
      {below}
    </div>
  );
}
