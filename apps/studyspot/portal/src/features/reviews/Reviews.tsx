/**
 * The reviews of a library with its answers.
 */
import { Button } from "@mantine/core";
import { EmptyState, ErrorState, LoadingState, Panel } from "@millstream/kit/ui";
import { sayAgo } from "@millstream/kit/time";
import { useState } from "react";
import type { ReviewRow } from "../../rows";
import styles from "./reviews.module.css";
import { Stars } from "./Stars";
import { useReviews } from "./useReviews";

const FIRST = 5;

interface Props {
  readonly library: string;
  readonly now: number;
}

export function Reviews(props: Props) {
  return (
    <Panel title="What visitors say">
      <ReviewList {...props} />
    </Panel>
  );
}

function ReviewList({ library, now }: Props) {
  const { reviews, error, reload } = useReviews("library_id", library);
  const [isWhole, setWhole] = useState(false);
  if (reviews === undefined) {
    if (error) return <ErrorState title="The reviews could not be loaded" error={error} onRetry={reload} />;
    return <LoadingState label="Loading reviews" count={2} height={72} />;
  }
  if (reviews.length === 0) return <EmptyState title="No reviews yet">Be the first, after your visit.</EmptyState>;
  return (
    <>
      <ul className={styles.reviews}>
        {reviews.slice(0, isWhole ? reviews.length : FIRST).map((review) => (
          <Review key={review.id} review={review} now={now} />
        ))}
      </ul>
      {!isWhole && reviews.length > FIRST && (
        <Button mt="lg" variant="default" onClick={() => setWhole(true)}>
          More reviews
        </Button>
      )}
    </>
  );
}

function Review({ review, now }: { readonly review: ReviewRow; readonly now: number }) {
  const { student_name, rating, text, answer, created_at } = review;
  return (
    <li>
      <div className={styles.head}>
        <Stars rating={rating} /> <strong>{student_name}</strong>
        <time dateTime={created_at} className={styles.soft}>
          {sayAgo(created_at, now)}
        </time>
      </div>
      {text !== "" && <p>{text}</p>}
      {answer !== null && (
        <blockquote className={styles.answer}>
          <span className={styles.soft}>The library answers:</span> {answer}
        </blockquote>
      )}
    </li>
  );
}
