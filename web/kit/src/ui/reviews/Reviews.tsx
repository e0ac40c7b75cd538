/**
 * What visitors say of a place, for those who may visit it.
 */
import type { ReviewsOf } from "../../hooks";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { ReviewList } from "./ReviewList";

const FIRST = 5;
const NONE = <EmptyState title="No reviews yet">Be the first, after your visit.</EmptyState>;

export function Reviews({ of }: { readonly of: ReviewsOf }) {
  return (
    <Panel title="What visitors say">
      <ReviewList of={of} first={FIRST} empty={NONE} />
    </Panel>
  );
}
