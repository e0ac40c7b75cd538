/**
 * The reviews of a place for those who run it, each to be answered by the application's operation `answer_review`.
 */
import { Button, Group, Textarea } from "@mantine/core";
import { useState } from "react";
import { callOperation } from "../../client";
import { type Review, type ReviewsOf, useForm } from "../../hooks";
import { Form, SubmitButton } from "../FormParts";
import { Panel } from "../Panel";
import type { Refusals } from "../refusals";
import { EmptyState } from "../states";
import { ReviewList } from "./ReviewList";

interface Props {
  /** Such as `What guests say`. */
  readonly title: string;
  readonly of: ReviewsOf;
  /** As the kit's SQL keeps them at the place. */
  readonly rating: { readonly rating_average: number | null; readonly rating_count: number };
  readonly refusals: Refusals;
}

const FIRST = 20;
const MOST = 500;
const NONE = <EmptyState title="No reviews yet">Who was there may write one.</EmptyState>;

export function ReviewDesk({ title, of, rating: { rating_average, rating_count }, refusals }: Props) {
  const lead = rating_average === null ? undefined : `${rating_average} of 5, from ${rating_count} reviews`;
  return (
    <Panel title={title} lead={lead}>
      <ReviewList
        of={of}
        first={FIRST}
        most={MOST}
        empty={NONE}
        foot={(review) => <Answering review={review} refusals={refusals} />}
      />
    </Panel>
  );
}

interface AnsweringProps {
  readonly review: Review;
  readonly refusals: Refusals;
}

function Answering({ review, refusals }: AnsweringProps) {
  const [isAnswering, setAnswering] = useState(false);
  const verb = review.answer === null ? "Answer" : "Change the answer";
  if (isAnswering) return <AnswerForm review={review} refusals={refusals} onDone={() => setAnswering(false)} />;
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      aria-label={`${verb}: ${review.author}`}
      onClick={() => setAnswering(true)}
    >
      {verb}
    </Button>
  );
}

function AnswerForm({ review, refusals, onDone }: AnsweringProps & { readonly onDone: () => void }) {
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { text: review.answer ?? "" },
    validate: { text: (text) => (text.trim() === "" ? "Write an answer." : null) },
    send: (client, { text }) =>
      callOperation<object>(client, "answer_review", { review_id: review.id, text: text.trim() }),
    onDone,
    say: refusals.sayRefusal,
  });
  return (
    <Form problem={problem} onSubmit={onSubmit}>
      <Textarea
        label="Your answer"
        description="Everybody can read it."
        autosize
        minRows={2}
        maxLength={1000}
        {...form.getInputProps("text")}
      />
      <Group>
        <SubmitButton isPending={isPending}>Send the answer</SubmitButton>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </Form>
  );
}
