/**
 * The reviews of a place with its answers.
 */
import { Button } from "@mantine/core";
import { sayAgo } from "../../time";
import { useState } from "react";
import { type Review, type ReviewsOf, useReviews } from "../../hooks";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { Loaded } from "../Loaded";
import styles from "./reviews.module.css";
import { Stars } from "./Stars";

const FIRST = 5;

interface Props {
  readonly of: ReviewsOf;
  readonly now: number;
}

export function Reviews(props: Props) {
  return (
    <Panel title="What visitors say">
      <ReviewList {...props} />
    </Panel>
  );
}

function ReviewList({ of, now }: Props) {
  const { reviews, error, reload } = useReviews(of);
  const [isWhole, setWhole] = useState(false);
  return (
    <Loaded what="reviews" value={reviews} error={error} reload={reload} count={2} height={72} empty={NONE}>
      {(all) => (
        <>
          <ul className={styles.reviews}>
            {all.slice(0, isWhole ? all.length : FIRST).map((review) => (
              <ReviewItem key={review.id} review={review} now={now} />
            ))}
          </ul>
          {!isWhole && all.length > FIRST && (
            <Button mt="lg" variant="default" onClick={() => setWhole(true)}>
              More reviews
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

const NONE = <EmptyState title="No reviews yet">Be the first, after your visit.</EmptyState>;

function ReviewItem({ review, now }: { readonly review: Review; readonly now: number }) {
  const { author, rating, text, answer, created_at } = review;
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
    </li>
  );
}
