import { EmptyState } from "@millstream/kit/ui";
import { Link } from "@tanstack/react-router";

export function NotFoundPage() {
  return (
    <EmptyState title="There is nothing at this address">
      <title>Not found · LodgeTix</title>
      <p>The link may be old, or mistyped.</p>
      <Link to="/">See all events</Link>
    </EmptyState>
  );
}
