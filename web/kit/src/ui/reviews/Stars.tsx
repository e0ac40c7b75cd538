/** So many stars of five, said as words too. */
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import styles from "./reviews.module.css";

export function Stars({ rating }: { readonly rating: number }) {
  return (
    <span className={styles.stars} role="img" aria-label={`${rating} of 5 stars`}>
      {[1, 2, 3, 4, 5].map((star) =>
        star <= rating ? <IconStarFilled key={star} size={15} /> : <IconStar key={star} size={15} />,
      )}
    </span>
  );
}
