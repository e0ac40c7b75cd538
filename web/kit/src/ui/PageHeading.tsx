/**
 * The one h1 of a page with the page's title. After a change of page it takes the focus, so that a screen reader says
 * where one is; not while something else holds it.
 */
import { type ReactNode, useEffect, useRef } from "react";
import { useProject } from "../hooks";
import styles from "./PageHeading.module.css";

interface Props {
  readonly children: string;
  /** A sentence below it. */
  readonly lead?: ReactNode;
}

export function PageHeading({ children, lead }: Props) {
  const { title } = useProject().client.config;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={styles.heading}>
      <title>{`${children} · ${title}`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {children}
      </h1>
      {lead !== undefined && <p>{lead}</p>}
    </div>
  );
}
