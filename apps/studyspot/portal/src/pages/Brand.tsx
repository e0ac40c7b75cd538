/** The mark and name of the application, with the name of the portal that one is in. */
import { Link } from "@tanstack/react-router";
import styles from "./Brand.module.css";

interface Props {
  readonly to: "/" | "/owner" | "/platform";
  /** Students see none: theirs is StudySpot itself. */
  readonly portal?: string;
}

export function Brand({ to, portal }: Props) {
  return (
    <Link to={to} className={styles.brand} aria-label={portal === undefined ? "StudySpot, all libraries" : undefined}>
      <img src="./icon.svg" alt="" width={32} height={32} />
      StudySpot
      {portal !== undefined && <span className={styles.portal}>{portal}</span>}
    </Link>
  );
}
