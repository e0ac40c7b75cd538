/**
 * The reviews of a place with its answers, the newest first; a few at first, and more of them when asked.
 */
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type Review, type ReviewsOf, useNow, useReviews } from "../../hooks";
import { sayAgo } from "../../time";
import { Loaded } from "../Loaded";
import styles from "./reviews.module.css";
import { Stars } from "./Stars";

interface Props {
  readonly of: ReviewsOf;
  /** How many are shown at first. */
  readonly first: number;
  /** How many can be shown, where that is not the newest few. */
  readonly most?: number;
  readonly empty: ReactNode;
  /** Stands below each review. */
  readonly foot?: (review: Review) => ReactNode;
}

const MORE = 20;

export function ReviewList({ of, first, most, empty, foot }: Props) {
  const { reviews, error, reload } = useReviews(of, most);
  const [shown, setShown] = useState(first);
  return (
    <Loaded what="reviews" value={reviews} error={error} reload={reload} count={2} height={72} empty={empty}>
      {(all) => (
        <>
          <ul className={styles.reviews}>
            {all.slice(0, shown).map((review) => (
              <ReviewItem key={review.id} review={review}>
                {foot?.(review)}
              </ReviewItem>
            ))}
          </ul>
          {all.length > shown && (
            <Button mt="lg" variant="default" onClick={() => setShown(shown + MORE)}>
              More reviews
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function ReviewItem({ review, children }: { readonly review: Review; readonly children: ReactNode }) {
  const { author, rating, text, answer, created_at } = review;
  const now = useNow();
  return (
    <li>
      <div className={styles.head}>
        <Stars rating={rating} /> <strong>{author}</strong>
        <time dateTime={created_at} className={styles.soft}>
          {sayAgo(created_at, now)}
        </time>
      </div>
      {text !== "" && <p>{text}</p>}
      {answer !== null && (
        <blockquote className={styles.answer}>
          <span className={styles.soft}>Answer:</span> {answer}
        </blockquote>
      )}
      {children}
    </li>
  );
}
