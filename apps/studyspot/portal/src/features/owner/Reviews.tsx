/**
 * What students say of a library, the newest first, and what the library answers.
 */
import { Button, Group, Rating, Textarea } from "@mantine/core";
import { useOperation } from "@millstream/kit/hooks";
import { EmptyState, Loaded, Panel } from "@millstream/kit/ui";
import { sayDay } from "@millstream/kit/time";
import { useState } from "react";
import type { LibraryRow, ReviewRow } from "../../rows";
import { tellRefusal } from "../booking/refusals";
import { useLibraryRows } from "../useLibraryRows";
import styles from "./OwnerPage.module.css";

const STEP = 20;

export function Reviews({ library }: { readonly library: LibraryRow }) {
  const { rows, error, reload } = useLibraryRows("reviews", library.id);
  const { rating_average, rating_count } = library;
  const [shown, setShown] = useState(STEP);
  const newest = rows?.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  return (
    <Panel
      title="What students say"
      lead={rating_average === null ? undefined : `${rating_average} of 5, from ${rating_count} reviews`}
    >
      <Loaded what="reviews" value={newest} error={error} reload={reload} height={90} empty={NONE}>
        {(reviews) => (
          <>
            <ul className={styles.list}>
              {reviews.slice(0, shown).map((review) => (
                <Review key={review.id} review={review} zone={library.timezone} />
              ))}
            </ul>
            {shown < reviews.length && (
              <Button variant="default" fullWidth onClick={() => setShown(shown + STEP)}>
                Show more
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const NONE = <EmptyState title="No reviews yet">Students review a visit when it is over.</EmptyState>;

function Review({ review, zone }: { readonly review: ReviewRow; readonly zone: string }) {
  const { rating, text, student_name, created_at, answer } = review;
  const [answering, setAnswering] = useState(false);
  const verb = answer ? "Change the answer" : "Answer";
  return (
    <li>
      <div className={styles.grow}>
        <Group gap="xs">
          <Rating value={rating} readOnly role="img" aria-label={`${rating} of 5`} />
          <strong>{student_name}</strong>
          <span className={styles.soft}>{sayDay(created_at, zone)}</span>
        </Group>
        <p>{text}</p>
        {answer && !answering && <p className={styles.answer}>Your answer: {answer}</p>}
        {answering ? (
          <AnswerForm review={review} zone={zone} onDone={() => setAnswering(false)} />
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={`${verb}: ${student_name}`}
            onClick={() => setAnswering(true)}
          >
            {verb}
          </Button>
        )}
      </div>
    </li>
  );
}

interface AnswerProps {
  readonly review: ReviewRow;
  readonly zone: string;
  readonly onDone: () => void;
}

function AnswerForm({ review, zone, onDone }: AnswerProps) {
  const [text, setText] = useState(review.answer ?? "");
  const send = useOperation<{ review_id: string; text: string }, object>("answer_review", {
    onSuccess: onDone,
    onError: tellRefusal("answer", zone),
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "" && !send.isPending) send.mutate({ review_id: review.id, text: text.trim() });
      }}
    >
      <Textarea
        label="Your answer"
        description="Everybody can read it."
        autosize
        minRows={2}
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group>
        <Button type="submit" loading={send.isPending} disabled={text.trim() === ""}>
          Send the answer
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
