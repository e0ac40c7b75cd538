/**
 * The page that visitors see first: a large heading, a sentence, then what there is.
 */
import type { ReactNode } from "react";
import styles from "./cards.module.css";

interface Props {
  /** What the browser calls the page. */
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly children: ReactNode;
}

export function FrontPage({ title, heading, lead, children }: Props) {
  return (
    <div className={styles.page}>
      <title>{title}</title>
      <div className={styles.heading}>
        <h1>{heading}</h1>
        <p>{lead}</p>
      </div>
      {children}
    </div>
  );
}
