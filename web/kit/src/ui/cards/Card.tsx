/**
 * A card in a list; its title is a link that the whole card follows.
 */
import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { CSSProperties, ReactNode } from "react";
import styles from "./Card.module.css";

interface CardProps {
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}

export function Card({ className, style, children }: CardProps) {
  return (
    <article className={clsx(styles.card, className)} style={style}>
      {children}
    </article>
  );
}

export function CardTitle({ link, children }: { readonly link: LinkProps; readonly children: ReactNode }) {
  return (
    <h2 className={styles.title}>
      <Link {...link} className={styles.link}>
        {children}
      </Link>
    </h2>
  );
}
