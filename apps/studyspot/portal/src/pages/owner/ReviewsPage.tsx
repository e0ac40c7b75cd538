/**
 * What students say of a library, and what it answers.
 */
import { ReviewDesk } from "@millstream/kit/ui";
import { refusals } from "../../features/booking/refusals";
import { OwnerPage } from "../../features/owner/OwnerPage";

export function ReviewsPage() {
  return (
    <OwnerPage title="Reviews" lead="Of those who were there; an answer stands below the review for everybody.">
      {({ library, place }) => (
        <ReviewDesk
          title="What students say"
          of={{ ...place, author: "student_name" }}
          rating={library}
          refusals={refusals}
        />
      )}
    </OwnerPage>
  );
}
