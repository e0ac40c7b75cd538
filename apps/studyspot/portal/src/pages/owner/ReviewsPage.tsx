/**
 * What students say of a library.
 */
import { OwnerPage } from "../../features/owner/OwnerPage";
import { Reviews } from "../../features/owner/Reviews";

export function ReviewsPage() {
  return (
    <OwnerPage title="Reviews" lead="Of those who were there; an answer stands below the review for everybody.">
      {({ library }) => <Reviews key={library.id} library={library} />}
    </OwnerPage>
  );
}
