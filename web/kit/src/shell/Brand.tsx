/**
 * The mark and name of an application, as a link to the first page of a portal; with the name of the portal where the
 * application has several.
 */
import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import styles from "./Brand.module.css";

interface Props {
  readonly name: string;
  readonly link: LinkProps;
  /** What stands on the first page, for those who cannot see it: `all events`. */
  readonly leadsTo?: string;
  readonly portal?: string;
  /** The mark alone on a phone, whose header has no place for more. */
  readonly isShort?: boolean;
}

export function Brand({ name, link, leadsTo, portal, isShort = false }: Props) {
  return (
    <Link {...link} className={styles.brand} aria-label={leadsTo === undefined ? undefined : `${name}, ${leadsTo}`}>
      <img src="./icon.svg" alt="" width={32} height={32} />
      <span className={clsx(isShort && styles.wideOnly)}>{name}</span>
      {portal !== undefined && <span className={clsx(styles.portal, styles.wideOnly)}>{portal}</span>}
    </Link>
  );
}
