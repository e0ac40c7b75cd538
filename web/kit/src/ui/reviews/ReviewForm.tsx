/**
 * Writes the one review of a visit that is over; shows it where it is written.
 */
import { Rating, Textarea } from "@mantine/core";
import { callOperation, type RequestFailed } from "../../client";
import { type ReviewsOf, useForm, useReviews } from "../../hooks";
import { FormProblem, SubmitButton } from "../FormParts";
import { Panel } from "../Panel";
import styles from "./reviews.module.css";
import { Stars } from "./Stars";

interface Props {
  /** The visit. */
  readonly of: ReviewsOf;
  /** The sentence for a refusal of the operation `write_review`. */
  readonly say: (refusal: RequestFailed) => string;
}

export function ReviewForm({ of, say }: Props) {
  const { reviews } = useReviews(of);
  const { form, isPending, problem, onSubmit } = useForm({
    initialValues: { rating: 0, text: "" },
    validate: { rating: (stars) => (stars === 0 ? "Choose one to five stars." : null) },
    send: (client, { rating, text }) =>
      callOperation<unknown>(client, "write_review", { [of.column]: of.id, rating, text: text.trim() }),
    say,
  });
  const [written] = reviews ?? [];
  if (reviews === undefined) return null;
  if (written) {
    return (
      <Panel title="Your review" action={<Stars rating={written.rating} />}>
        {written.text !== "" && <p>{written.text}</p>}
      </Panel>
    );
  }
  const { value, onChange, error } = form.getInputProps("rating") as {
    value: number;
    onChange: (stars: number) => void;
    error?: string;
  };
  return (
    <Panel title="How was it?" lead="Others see your first name.">
      <form onSubmit={onSubmit} noValidate className={styles.form}>
        <FormProblem>{problem ?? error ?? null}</FormProblem>
        <Rating size="xl" value={value} onChange={onChange} getSymbolLabel={sayStars} aria-label="Stars" />
        <Textarea
          label="What should others know?"
          autosize
          minRows={2}
          maxLength={1000}
          {...form.getInputProps("text")}
        />
        <SubmitButton isPending={isPending}>Send the review</SubmitButton>
      </form>
    </Panel>
  );
}

function sayStars(stars: number): string {
  return stars === 1 ? "1 star" : `${stars} stars`;
}
