/** What visitors think of a place: their average, and how many they are. */
import { IconStarFilled } from "@tabler/icons-react";
import styles from "./reviews.module.css";

interface Props {
  readonly average: number | null;
  readonly count: number;
}

const ONE = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function AverageStars({ average, count }: Props) {
  if (average === null) return null;
  return (
    <span className={styles.rating} role="img" aria-label={`${ONE.format(average)} of 5 stars, ${count} reviews`}>
      <IconStarFilled size={15} aria-hidden="true" /> <span className="kit-numbers">{ONE.format(average)}</span>
      <span className={styles.count}>({count})</span>
    </span>
  );
}
